-- expect: column app.t.name security_labels: nothing -> guard: secret
-- setup
create schema app;
create table app.t (id integer, name text);
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ('app.t'::regclass, 'pg_catalog.pg_class'::regclass, 2, 'guard', 'secret');
