-- expect: policy app.t.own type: permissive -> restrictive
-- setup
create schema app;
create table app.t (id integer);
-- reference
create policy own on app.t using (id > 0);
-- candidate
create policy own on app.t as restrictive using (id > 0);
