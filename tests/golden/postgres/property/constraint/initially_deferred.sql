-- expect: constraint app.t.t_key initially_deferred: no -> yes
-- setup
create schema app;
-- reference
create table app.t (id integer, constraint t_key unique (id) deferrable);
-- candidate
create table app.t (id integer, constraint t_key unique (id) deferrable initially deferred);
