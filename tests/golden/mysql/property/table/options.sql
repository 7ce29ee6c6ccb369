-- expect: table t options: nothing -> stats_persistent=1
-- setup
create table t (id int primary key);
-- candidate
alter table t stats_persistent = 1;
