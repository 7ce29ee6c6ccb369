-- expect: index t.a engine_attribute
-- setup
create table t (id int primary key, a int);
-- reference
alter table t add key a (a);
-- candidate
alter table t add key a (a) engine_attribute '{"a": 1}';
