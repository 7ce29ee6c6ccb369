-- expect: domain app.age security_labels: nothing -> guard: secret
-- setup
create schema app;
create domain app.age as integer;
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.age'::regtype, 'pg_catalog.pg_type'::regclass, 0, 'guard', 'secret');
