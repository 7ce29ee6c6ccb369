-- A table that is no longer what the tool makes. The migrations share the history table's fate.
-- expect: history-table shop_schema_migrations missing
-- with: 2 migrations
-- implies: column shop_schema_migrations.note extra
-- setup
create table shop_schema_migrations (version varchar(255) not null);
insert into shop_schema_migrations values ('1'), ('2');
-- candidate
alter table shop_schema_migrations add note text;
