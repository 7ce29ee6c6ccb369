-- expect: package p sql_mode
-- setup
set sql_mode = 'oracle';
-- reference
create package p as function one return int; end;
-- candidate
set sql_mode = 'oracle,error_for_division_by_zero';
create package p as function one return int; end;
