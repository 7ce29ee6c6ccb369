-- expect: constraint app.t.t_check no_inherit: no -> yes
-- setup
create schema app;
-- reference
create table app.t (id integer, constraint t_check check (id > 0));
-- candidate
create table app.t (id integer, constraint t_check check (id > 0) no inherit);
