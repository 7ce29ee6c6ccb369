-- expect: aggregate app.total(integer) security_labels: nothing -> guard: secret
-- setup
create schema app;
create aggregate app.total(integer) (sfunc = int4pl, stype = integer);
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.total'::regproc, 'pg_catalog.pg_proc'::regclass, 0, 'guard', 'secret');
