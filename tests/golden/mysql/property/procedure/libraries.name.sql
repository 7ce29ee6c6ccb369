-- By another name, as the code calls it.
-- expect: procedure r libraries: a -> a as x
-- only on: mysql
-- setup
create library a language javascript as $$ export function f() { return 1 } $$;
-- reference
create procedure r() language javascript using (a) as $$ 1 $$;
-- candidate
create procedure r() language javascript using (a as x) as $$ 1 $$;
