-- expect: table-statistics app.t toast_bytes
-- setup
create schema app;
create table app.t (id integer, body text);
create index t_id on app.t (id);
-- reference
-- What ANALYZE would write down for so many rows.
update pg_catalog.pg_class set relpages = 10000, reltuples = 1000 where oid = (select reltoastrelid from pg_catalog.pg_class where oid = 'app.t'::regclass);
-- candidate
update pg_catalog.pg_class set relpages = 100000, reltuples = 1000 where oid = (select reltoastrelid from pg_catalog.pg_class where oid = 'app.t'::regclass);
