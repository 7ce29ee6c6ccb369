-- expect: owner table.app.t owner: maker -> reader
-- server
create role reader;
-- setup
create schema app;
create table app.t (id integer);
-- candidate
alter table app.t owner to reader;
