-- expect: index app.t_id include: nothing -> b
-- setup
create schema app;
create table app.t (a integer, b integer);
-- reference
create index t_id on app.t (a);
-- candidate
create index t_id on app.t (a) include (b);
