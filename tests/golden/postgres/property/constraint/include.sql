-- expect: constraint app.t.t_key include: nothing -> b
-- setup
create schema app;
-- reference
create table app.t (a integer, b integer, constraint t_key unique (a));
-- candidate
create table app.t (a integer, b integer, constraint t_key unique (a) include (b));
