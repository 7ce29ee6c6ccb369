-- expect: composite-type app.pair security_labels: nothing -> guard: secret
-- setup
create schema app;
create type app.pair as (a integer, b text);
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.pair'::regtype, 'pg_catalog.pg_type'::regclass, 0, 'guard', 'secret');
