-- expect: grant table.app.t.reader privileges: SELECT -> INSERT, SELECT
-- server
create role reader;
-- setup
create schema app;
create table app.t (id integer);
grant select on app.t to reader;
-- candidate
grant insert on app.t to reader;
