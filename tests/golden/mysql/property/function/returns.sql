-- expect: function f returns: int -> bigint
-- reference
create function f(a int) returns int deterministic return a;
-- candidate
create function f(a int) returns bigint deterministic return a;
