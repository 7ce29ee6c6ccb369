-- expect: history-table schema_migrations current: 7 -> 8
-- setup
create table schema_migrations (version bigint primary key, dirty boolean not null);
insert into schema_migrations values (7, false);
-- candidate
update schema_migrations set version = 8;
