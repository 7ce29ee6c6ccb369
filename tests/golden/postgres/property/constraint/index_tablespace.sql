-- expect: constraint app.t.t_key index_tablespace: nothing -> elsewhere
-- setup
create schema app;
-- reference
create table app.t (id integer, constraint t_key unique (id));
-- candidate
create table app.t (id integer, constraint t_key unique (id) using index tablespace elsewhere);
