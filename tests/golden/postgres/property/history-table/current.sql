-- expect: history-table app.schema_migrations current: 7 -> 8
-- setup
create schema app;
create table app.schema_migrations (version bigint primary key, dirty boolean not null);
insert into app.schema_migrations values (7, false);
analyze app.schema_migrations;
-- candidate
update app.schema_migrations set version = 8;
