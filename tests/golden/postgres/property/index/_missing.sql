-- expect: index app.t_id missing
-- with: 1 index-statistics
-- setup
create schema app;
create table app.t (id integer);
create index t_id on app.t (id);
-- candidate
drop index app.t_id;
