-- expect: index t.a missing
-- with: 1 index-statistics
-- setup
create table t (id int primary key, a int, key a (a));
-- candidate
alter table t drop key a;
