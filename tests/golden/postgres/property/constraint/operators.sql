-- expect: constraint app.t.t_ex operators: =(integer,integer) -> <>(integer,integer)
-- implies: constraint app.t.t_ex expression
-- setup
create schema app;
create extension btree_gist schema app;
-- reference
create table app.t (id integer, constraint t_ex exclude using gist (id with =));
-- candidate
create table app.t (id integer, constraint t_ex exclude using gist (id with operator(app.<>)));
