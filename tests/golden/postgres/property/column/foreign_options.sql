-- expect: column app.t.id foreign_options: nothing -> column_name=number
-- setup
create schema app;
create extension postgres_fdw;
create server far foreign data wrapper postgres_fdw;
create foreign table app.t (id integer) server far;
-- candidate
alter foreign table app.t alter id options (add column_name 'number');
