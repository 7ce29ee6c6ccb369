-- expect: table app.t options: autovacuum_enabled=off, fillfactor=90 -> autovacuum_enabled=off, fillfactor=70
-- setup
create schema app;
create table app.t (id integer) with (fillfactor = 90, autovacuum_enabled = false);
-- candidate
alter table app.t set (fillfactor = 70);
