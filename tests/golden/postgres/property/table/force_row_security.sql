-- expect: table app.t force_row_security: no -> yes
-- setup
create schema app;
create table app.t (id integer);
-- candidate
alter table app.t force row level security;
