-- expect: column t.a invisible: no -> yes
-- setup
create table t (id int primary key, a int);
-- candidate
alter table t modify a int invisible;
