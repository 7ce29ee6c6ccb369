-- expect: role reader security_labels: nothing -> guard: secret
-- in place
-- setup
create role reader;
-- candidate
insert into pg_catalog.pg_shseclabel (objoid, classoid, provider, label)
values ('reader'::regrole, 'pg_catalog.pg_authid'::regclass, 'guard', 'secret');
