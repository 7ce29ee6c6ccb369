-- expect: view app.v security_labels: nothing -> guard: secret
-- setup
create schema app;
create view app.v as select 1 as a;
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.v'::regclass, 'pg_catalog.pg_class'::regclass, 0, 'guard', 'secret');
