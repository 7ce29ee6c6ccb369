-- expect: function r libraries: a -> b
-- only on: mysql
-- setup
create library a language javascript as $$ export function f() { return 1 } $$;
create library b language javascript as $$ export function f() { return 1 } $$;
-- reference
create function r() returns int deterministic language javascript using (a) as $$ return 1 $$;
-- candidate
create function r() returns int deterministic language javascript using (b) as $$ return 1 $$;
