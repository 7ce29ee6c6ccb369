-- The only kind before 18: what is left of a generated column is a plain one.
-- since: 13
-- expect: column app.t.twice generated_kind: stored -> nothing
-- implies: column app.t.twice generated
-- setup
create schema app;
create table app.t (id integer, twice integer generated always as (id * 2) stored);
-- candidate
alter table app.t alter twice drop expression;
