-- expect: constraint app.t.t_key deferrable: no -> yes
-- setup
create schema app;
-- reference
create table app.t (id integer, constraint t_key unique (id));
-- candidate
create table app.t (id integer, constraint t_key unique (id) deferrable);
