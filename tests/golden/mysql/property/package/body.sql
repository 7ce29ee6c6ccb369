-- expect: package p body
-- setup
set sql_mode = 'oracle';
create package p as function one return int; end;
-- reference
create package body p as function one return int as begin return 1; end; end;
-- candidate
create package body p as function one return int as begin return 2; end; end;
