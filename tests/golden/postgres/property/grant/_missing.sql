-- expect: grant table.app.t.reader missing
-- server
create role reader;
-- setup
create schema app;
create table app.t (id integer);
-- reference
grant select on app.t to reader;
