-- expect: composite-type app.pair attribute_comments: nothing -> b: the second
-- setup
create schema app;
create type app.pair as (a integer, b text);
-- candidate
comment on column app.pair.b is 'the second';
