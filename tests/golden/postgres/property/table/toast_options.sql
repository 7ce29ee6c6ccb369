-- expect: table app.t toast_options: nothing -> autovacuum_enabled=off
-- setup
create schema app;
create table app.t (body text);
-- candidate
alter table app.t set (toast.autovacuum_enabled = false);
