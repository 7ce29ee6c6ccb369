-- expect: table app.t cluster_on: t_id -> nothing
-- setup
create schema app;
create table app.t (id integer);
create index t_id on app.t (id);
-- reference
alter table app.t cluster on t_id;
