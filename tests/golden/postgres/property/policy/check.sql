-- expect: policy app.t.own check
-- setup
create schema app;
create table app.t (id integer);
-- reference
create policy own on app.t using (id > 0);
-- candidate
create policy own on app.t using (id > 0) with check (id > 1);
