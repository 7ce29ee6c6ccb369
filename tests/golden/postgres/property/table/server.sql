-- expect: table app.t server: near -> far
-- setup
create schema app;
create foreign data wrapper files;
create server near foreign data wrapper files;
create server far foreign data wrapper files;
-- reference
create foreign table app.t (id integer) server near;
-- candidate
create foreign table app.t (id integer) server far;
