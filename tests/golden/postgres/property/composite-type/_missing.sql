-- expect: composite-type app.pair missing
-- setup
create schema app;
create type app.pair as (a integer, b text);
-- candidate
drop type app.pair;
