-- expect: default-privilege maker.app.tables.reader maintain: no -> yes
-- server
create role reader;
-- setup
create schema app;
alter default privileges in schema app grant select on tables to reader;
-- candidate
alter default privileges in schema app grant maintain on tables to reader;
