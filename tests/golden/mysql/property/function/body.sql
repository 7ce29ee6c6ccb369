-- expect: function f body
-- reference
create function f(a int) returns int deterministic return a + 1;
-- candidate
create function f(a int) returns int deterministic return a + 2;
