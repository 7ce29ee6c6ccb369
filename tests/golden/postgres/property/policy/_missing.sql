-- expect: policy app.t.own missing
-- setup
create schema app;
create table app.t (id integer);
create policy own on app.t using (id > 0);
-- candidate
drop policy own on app.t;
