-- expect: materialized-view app.m toast_options: nothing -> autovacuum_enabled=off
-- setup
create schema app;
create materialized view app.m as select 'a'::text as a;
-- candidate
alter materialized view app.m set (toast.autovacuum_enabled = false);
