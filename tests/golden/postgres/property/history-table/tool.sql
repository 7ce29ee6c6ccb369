-- expect: history-table app.schema_migrations tool: Rails or dbmate -> Supabase
-- implies: column app.schema_migrations.statements extra
-- implies: column app.schema_migrations.name extra
-- setup
create schema app;
create table app.schema_migrations (version varchar not null);
-- candidate
alter table app.schema_migrations add statements text[], add name text;
