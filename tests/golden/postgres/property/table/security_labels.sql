-- expect: table app.t security_labels: nothing -> guard: secret
-- setup
create schema app;
create table app.t (id integer);
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.t'::regclass, 'pg_catalog.pg_class'::regclass, 0, 'guard', 'secret');
