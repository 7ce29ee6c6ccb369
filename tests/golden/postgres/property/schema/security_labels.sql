-- No provider is at hand to check the label, so it is written where one would write it.
-- expect: schema app security_labels: nothing -> guard: secret
-- setup
create schema app;
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app'::regnamespace, 'pg_catalog.pg_namespace'::regclass, 0, 'guard', 'secret');
