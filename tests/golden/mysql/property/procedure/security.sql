-- expect: procedure p security: definer -> invoker
-- setup
create procedure p(a int) select a;
-- candidate
alter procedure p sql security invoker;
