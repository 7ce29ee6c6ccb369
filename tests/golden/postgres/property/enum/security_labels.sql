-- expect: enum app.color security_labels: nothing -> guard: secret
-- setup
create schema app;
create type app.color as enum ('red', 'green');
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.color'::regtype, 'pg_catalog.pg_type'::regclass, 0, 'guard', 'secret');
