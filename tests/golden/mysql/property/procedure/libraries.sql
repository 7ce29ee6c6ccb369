-- expect: procedure r libraries: a -> b
-- only on: mysql
-- setup
create library a language javascript as $$ export function f() { return 1 } $$;
create library b language javascript as $$ export function f() { return 1 } $$;
-- reference
create procedure r() language javascript using (a) as $$ 1 $$;
-- candidate
create procedure r() language javascript using (b) as $$ 1 $$;
