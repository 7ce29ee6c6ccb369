-- expect: constraint app.t.t_check expression: (id > 0) -> (id > 1)
-- setup
create schema app;
-- reference
create table app.t (id integer, constraint t_check check (id > 0));
-- candidate
create table app.t (id integer, constraint t_check check (id > 1));
