-- expect: index app.t_id nulls_not_distinct: no -> yes
-- setup
create schema app;
create table app.t (id integer);
-- reference
create unique index t_id on app.t (id);
-- candidate
create unique index t_id on app.t (id) nulls not distinct;
