-- expect: library l comment: nothing -> counts
-- reference
create library l language javascript as $$ export function f() { return 1 } $$;
-- candidate
create library l comment 'counts' language javascript as $$ export function f() { return 1 } $$;
