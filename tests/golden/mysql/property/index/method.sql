-- expect: index t.a method: hash -> btree
-- setup
create table t (id int primary key, a int) engine = memory;
-- reference
alter table t add key a (a);
-- candidate
alter table t add key a (a) using btree;
