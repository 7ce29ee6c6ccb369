-- only on: mysql
-- expect: index t.a keys
-- setup
create table t (id int primary key, a int);
-- reference
alter table t add key a ((a + 1));
-- candidate
alter table t add key a ((a + 2));
