-- expect: column t.a default: 5 -> 6
-- setup
create table t (id int primary key, a int default 5);
-- candidate
alter table t modify a int default 6;
