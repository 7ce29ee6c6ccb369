-- expect: index app.t_id keys: a, b DESC -> a, b DESC NULLS LAST
-- setup
create schema app;
create table app.t (a integer, b integer);
-- reference
create index t_id on app.t (a, b desc);
-- candidate
create index t_id on app.t (a, b desc nulls last);
