-- expect: composite-type app.pair missing
-- with: 1 owner
-- setup
create schema app;
create type app.pair as (a integer, b text);
-- candidate
drop type app.pair;
