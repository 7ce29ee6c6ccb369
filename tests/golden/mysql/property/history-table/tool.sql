-- expect: history-table schema_migrations tool: Rails or dbmate -> golang-migrate
-- implies: column schema_migrations.version type
-- implies: column schema_migrations.version collation
-- implies: column schema_migrations.dirty extra
-- reference
create table schema_migrations (version varchar(255) not null);
-- candidate
create table schema_migrations (version bigint not null, dirty boolean not null);
