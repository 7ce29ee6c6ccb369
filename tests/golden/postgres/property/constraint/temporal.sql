-- A key without overlaps stands on another kind of index.
-- expect: constraint app.t.t_key temporal: no -> yes
-- implies: constraint app.t.t_key index_method: btree -> gist
-- setup
create schema app;
create extension btree_gist;
-- reference
create table app.t (id integer, during daterange, constraint t_key unique (id, during));
-- candidate
create table app.t (id integer, during daterange, constraint t_key unique (id, during without overlaps));
