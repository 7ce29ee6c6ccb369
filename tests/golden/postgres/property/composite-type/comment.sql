-- expect: composite-type app.pair comment: nothing -> an old friend
-- setup
create schema app;
create type app.pair as (a integer, b text);
-- candidate
comment on type app.pair is 'an old friend';
