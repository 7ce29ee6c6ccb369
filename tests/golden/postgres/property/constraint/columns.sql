-- expect: constraint app.t.t_key columns: a, b -> b, a
-- setup
create schema app;
-- reference
create table app.t (a integer, b integer, constraint t_key unique (a, b));
-- candidate
create table app.t (a integer, b integer, constraint t_key unique (b, a));
