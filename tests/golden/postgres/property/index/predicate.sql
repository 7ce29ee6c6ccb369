-- expect: index app.t_id predicate: (a > 0) -> (a > 1)
-- setup
create schema app;
create table app.t (a integer);
-- reference
create index t_id on app.t (a) where a > 0;
-- candidate
create index t_id on app.t (a) where a > 1;
