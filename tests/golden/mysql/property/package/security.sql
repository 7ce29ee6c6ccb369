-- expect: package p security: definer -> invoker
-- setup
set sql_mode = 'oracle';
-- reference
create package p as function one return int; end;
-- candidate
create package p sql security invoker as function one return int; end;
