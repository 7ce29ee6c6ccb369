-- expect: grant table.app.t.reader grantable: nothing -> SELECT
-- server
create role reader;
-- setup
create schema app;
create table app.t (id integer);
grant select on app.t to reader;
-- candidate
grant select on app.t to reader with grant option;
