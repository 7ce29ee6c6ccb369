-- Characters that the list of libraries may not show.
-- expect: library l body
-- reference
create library l language javascript as $$ export function f() { return '😀' } $$;
-- candidate
create library l language javascript as $$ export function f() { return '🎉' } $$;
