-- expect: column t.a missing
-- setup
create table t (id int primary key, a int);
-- candidate
alter table t drop a;
