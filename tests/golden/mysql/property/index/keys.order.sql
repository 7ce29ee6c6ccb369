-- expect: index t.a keys: a -> a desc
-- setup
create table t (id int primary key, a int);
-- reference
alter table t add key a (a);
-- candidate
alter table t add key a (a desc);
