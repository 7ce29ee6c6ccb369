-- expect: materialized-view app.m security_labels: nothing -> guard: secret
-- setup
create schema app;
create materialized view app.m as select 1 as a;
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.m'::regclass, 'pg_catalog.pg_class'::regclass, 0, 'guard', 'secret');
