-- expect: constraint app.t.t_key nulls_not_distinct: no -> yes
-- setup
create schema app;
-- reference
create table app.t (id integer, constraint t_key unique (id));
-- candidate
create table app.t (id integer, constraint t_key unique nulls not distinct (id));
