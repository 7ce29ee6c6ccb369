-- expect: function f security: definer -> invoker
-- setup
create function f(a int) returns int deterministic return a;
-- candidate
alter function f sql security invoker;
