-- expect: column app.t.twice generated: (id * 2) -> (id + id)
-- setup
create schema app;
-- reference
create table app.t (id integer, twice integer generated always as (id * 2) stored);
-- candidate
create table app.t (id integer, twice integer generated always as (id + id) stored);
