-- expect: collation-version pg_catalog.de-x-icu missing
-- implies: column app.t.a collation
-- setup
create schema app;
create table app.t (a text collate "de-x-icu");
-- candidate
alter table app.t alter a type text collate "default";
