-- expect: library l sql_mode
-- reference
set sql_mode = '';
create library l language javascript as $$ export function f() { return 1 } $$;
-- candidate
set sql_mode = 'ansi_quotes';
create library l language javascript as $$ export function f() { return 1 } $$;
