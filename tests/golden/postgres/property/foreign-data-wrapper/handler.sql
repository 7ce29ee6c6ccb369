-- expect: foreign-data-wrapper files handler
-- setup
create schema app;
create function app.own() returns fdw_handler language c as '$libdir/file_fdw', 'file_fdw_handler';
-- reference
create foreign data wrapper files;
-- candidate
create foreign data wrapper files handler app.own;
