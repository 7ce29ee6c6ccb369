-- The sequence of an unlogged table is unlogged too, but only from 15 on.
create unlogged table public.cache (id serial, other bigint generated always as identity, value text);
