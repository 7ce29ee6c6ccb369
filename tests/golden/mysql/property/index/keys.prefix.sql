-- expect: index t.a keys: a(5) -> a(6)
-- setup
create table t (id int primary key, a varchar(20));
-- reference
alter table t add key a (a(5));
-- candidate
alter table t add key a (a(6));
