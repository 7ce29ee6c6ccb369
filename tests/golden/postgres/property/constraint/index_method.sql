-- expect: constraint app.t.t_ex index_method: btree -> hash
-- setup
create schema app;
-- reference
create table app.t (id integer, constraint t_ex exclude using btree (id with =));
-- candidate
create table app.t (id integer, constraint t_ex exclude using hash (id with =));
