-- expect: table app.t of_type: nothing -> app.pair
-- setup
create schema app;
create type app.pair as (a integer, b integer);
create table app.t (a integer, b integer);
-- candidate
alter table app.t of app.pair;
