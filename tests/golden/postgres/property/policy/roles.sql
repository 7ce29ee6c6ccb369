-- expect: policy app.t.own roles: nothing -> reader
-- server
create role reader;
-- setup
create schema app;
create table app.t (id integer);
-- reference
create policy own on app.t using (id > 0);
-- candidate
create policy own on app.t to reader using (id > 0);
