-- expect: index t.a unique: no -> yes
-- setup
create table t (id int primary key, a int);
-- reference
alter table t add key a (a);
-- candidate
alter table t add unique key a (a);
