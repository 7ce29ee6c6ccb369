-- expect: table app.t foreign_options: table_name=orders -> table_name=invoices
-- setup
create schema app;
create foreign data wrapper files;
create server far foreign data wrapper files;
create foreign table app.t (id integer) server far options (table_name 'orders');
-- candidate
alter foreign table app.t options (set table_name 'invoices');
