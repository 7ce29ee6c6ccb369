-- expect: cast app.pair.text comment: nothing -> an old friend
-- setup
create schema app;
create type app.pair as (a integer, b text);
create function app.pair_to_text(app.pair) returns text language sql immutable as 'select ($1).b';
create cast (app.pair as text) with function app.pair_to_text(app.pair);
-- candidate
comment on cast (app.pair as text) is 'an old friend';
