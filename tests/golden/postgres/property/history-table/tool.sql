-- Rails keeps a table of its own beside the one that dbmate has too.
-- expect: history-table app.schema_migrations tool: Rails or dbmate -> Rails
-- implied: table app.ar_internal_metadata extra
-- setup
create schema app;
create table app.schema_migrations (version varchar not null);
-- candidate
create table app.ar_internal_metadata (key varchar);
