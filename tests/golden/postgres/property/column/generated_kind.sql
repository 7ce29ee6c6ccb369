-- since: 18
-- expect: column app.t.twice generated_kind: stored -> virtual
-- setup
create schema app;
-- reference
create table app.t (id integer, twice integer generated always as (id * 2) stored);
-- candidate
create table app.t (id integer, twice integer generated always as (id * 2) virtual);
