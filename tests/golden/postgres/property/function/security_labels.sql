-- expect: function app.f() security_labels: nothing -> guard: secret
-- setup
create schema app;
create function app.f() returns integer language sql as 'select 1';
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.f'::regproc, 'pg_catalog.pg_proc'::regclass, 0, 'guard', 'secret');
