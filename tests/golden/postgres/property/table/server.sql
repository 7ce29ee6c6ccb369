-- expect: table app.t server: near -> far
-- setup
create schema app;
create extension postgres_fdw;
create server near foreign data wrapper postgres_fdw;
create server far foreign data wrapper postgres_fdw;
-- reference
create foreign table app.t (id integer) server near;
-- candidate
create foreign table app.t (id integer) server far;
