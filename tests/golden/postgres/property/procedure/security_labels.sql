-- expect: procedure app.p() security_labels: nothing -> guard: secret
-- setup
create schema app;
create procedure app.p() language sql as 'select 1';
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.p'::regproc, 'pg_catalog.pg_proc'::regclass, 0, 'guard', 'secret');
