-- A table that is no longer what the tool makes. The migrations share the history table's fate.
-- expect: history-table app.shop_schema_migrations missing
-- with: 2 migrations
-- implies: column app.shop_schema_migrations.note extra
-- setup
create schema app;
create table app.shop_schema_migrations (version varchar not null);
insert into app.shop_schema_migrations values ('1'), ('2');
analyze app.shop_schema_migrations;
-- candidate
alter table app.shop_schema_migrations add note text;
