-- expect: column app.t.id foreign_options: nothing -> column_name=number
-- setup
create schema app;
create foreign data wrapper files;
create server far foreign data wrapper files;
create foreign table app.t (id integer) server far;
-- candidate
alter foreign table app.t alter id options (add column_name 'number');
