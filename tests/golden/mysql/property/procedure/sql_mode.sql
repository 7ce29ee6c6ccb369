-- expect: procedure p sql_mode: STRICT_ALL_TABLES -> ANSI_QUOTES
-- reference
set sql_mode = 'strict_all_tables';
create procedure p(a int) select a;
-- candidate
set sql_mode = 'ansi_quotes';
create procedure p(a int) select a;
