-- expect: cast app.pair.text missing
-- setup
create schema app;
create type app.pair as (a integer, b text);
create function app.pair_to_text(app.pair) returns text language sql immutable as 'select ($1).b';
create cast (app.pair as text) with function app.pair_to_text(app.pair);
-- candidate
drop cast (app.pair as text);
