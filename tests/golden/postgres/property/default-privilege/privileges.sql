-- expect: default-privilege maker.app.tables.reader privileges
-- server
create role reader;
-- setup
create schema app;
alter default privileges in schema app grant select on tables to reader;
-- candidate
alter default privileges in schema app grant insert on tables to reader;
