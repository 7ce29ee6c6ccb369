-- expect: function f arguments: `a` int -> `a` bigint
-- reference
create function f(a int) returns int deterministic return 1;
-- candidate
create function f(a bigint) returns int deterministic return 1;
