-- expect: index t.a keys: a -> a, b
-- setup
create table t (id int primary key, a int, b int);
-- reference
alter table t add key a (a);
-- candidate
alter table t add key a (a, b);
