-- expect: index app.t_id keys: a, b -> b, a
-- setup
create schema app;
create table app.t (a integer, b integer);
-- reference
create index t_id on app.t (a, b);
-- candidate
create index t_id on app.t (b, a);
