-- expect: table app.t foreign_options: table_name=orders -> table_name=invoices
-- setup
create schema app;
create extension postgres_fdw;
create server far foreign data wrapper postgres_fdw;
create foreign table app.t (id integer) server far options (table_name 'orders');
-- candidate
alter foreign table app.t options (set table_name 'invoices');
