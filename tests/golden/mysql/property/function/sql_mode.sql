-- expect: function f sql_mode: STRICT_ALL_TABLES -> ANSI_QUOTES
-- reference
set sql_mode = 'strict_all_tables';
create function f(a int) returns int deterministic return a;
-- candidate
set sql_mode = 'ansi_quotes';
create function f(a int) returns int deterministic return a;
