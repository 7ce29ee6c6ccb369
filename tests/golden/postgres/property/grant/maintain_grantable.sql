-- expect: grant table.app.t.reader maintain_grantable: no -> yes
-- server
create role reader;
-- setup
create schema app;
create table app.t (id integer);
grant select, maintain on app.t to reader;
-- candidate
grant maintain on app.t to reader with grant option;
