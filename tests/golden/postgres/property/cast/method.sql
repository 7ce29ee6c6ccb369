-- expect: cast app.pair.text method: function -> inout
-- implies: cast app.pair.text function
-- setup
create schema app;
create type app.pair as (a integer, b text);
create function app.pair_to_text(app.pair) returns text language sql immutable as 'select ($1).b';
create function app.pair_to_text2(app.pair) returns text language sql immutable as 'select ($1).b';
-- reference
create cast (app.pair as text) with function app.pair_to_text(app.pair);
-- candidate
create cast (app.pair as text) with inout;
