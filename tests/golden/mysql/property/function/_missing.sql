-- expect: function f missing
-- with: 1 definer
-- setup
create table t (id int primary key);
-- reference
create function f(a int) returns int deterministic return a;
