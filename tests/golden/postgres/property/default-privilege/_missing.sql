-- expect: default-privilege maker.app.tables.reader missing
-- server
create role reader;
-- setup
create schema app;
-- reference
alter default privileges in schema app grant select on tables to reader;
