-- expect: library l body
-- reference
create library l language javascript as $$ export function f() { return 1 } $$;
-- candidate
create library l language javascript as $$ export function f() { return 2 } $$;
