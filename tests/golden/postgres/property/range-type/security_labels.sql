-- expect: range-type app.span security_labels: nothing -> guard: secret
-- setup
create schema app;
create type app.span as range (subtype = integer);
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.span'::regtype, 'pg_catalog.pg_type'::regclass, 0, 'guard', 'secret');
