-- expect: package p specification
-- setup
set sql_mode = 'oracle';
-- reference
create package p as function one return int; end;
-- candidate
create package p as function one return int; function two return int; end;
