-- expect: sequence app.s security_labels: nothing -> guard: secret
-- setup
create schema app;
create sequence app.s;
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.s'::regclass, 'pg_catalog.pg_class'::regclass, 0, 'guard', 'secret');
