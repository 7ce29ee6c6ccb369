-- expect: constraint app.t.t_key index_options: nothing -> fillfactor=70
-- setup
create schema app;
-- reference
create table app.t (id integer, constraint t_key unique (id));
-- candidate
create table app.t (id integer, constraint t_key unique (id) with (fillfactor = 70));
