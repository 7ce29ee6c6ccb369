-- expect: function f data_access: contains sql -> no sql
-- setup
create function f(a int) returns int deterministic return a;
-- candidate
alter function f no sql;
