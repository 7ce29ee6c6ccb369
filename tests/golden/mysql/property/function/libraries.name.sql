-- By another name, as the code calls it.
-- expect: function r libraries: a -> a as x
-- only on: mysql
-- setup
create library a language javascript as $$ export function f() { return 1 } $$;
-- reference
create function r() returns int deterministic language javascript using (a) as $$ return 1 $$;
-- candidate
create function r() returns int deterministic language javascript using (a as x) as $$ return 1 $$;
