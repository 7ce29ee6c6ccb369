-- expect: history-table schema_migrations dirty: no -> yes
-- setup
create table schema_migrations (version bigint primary key, dirty boolean not null);
insert into schema_migrations values (7, false);
-- candidate
update schema_migrations set dirty = true;
