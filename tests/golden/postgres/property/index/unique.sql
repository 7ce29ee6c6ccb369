-- expect: index app.t_id unique: no -> yes
-- setup
create schema app;
create table app.t (id integer);
-- reference
create index t_id on app.t (id);
-- candidate
create unique index t_id on app.t (id);
