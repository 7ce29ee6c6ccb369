-- expect: package p comment: nothing -> counts
-- setup
set sql_mode = 'oracle';
-- reference
create package p as function one return int; end;
-- candidate
create package p comment 'counts' as function one return int; end;
