-- expect: table app.t persistence: permanent -> unlogged
-- setup
create schema app;
create table app.t (id integer);
-- candidate
alter table app.t set unlogged;
