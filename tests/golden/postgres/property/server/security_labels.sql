-- expect: server server security_labels: nothing -> guard: secret
-- candidate
insert into pg_catalog.pg_shseclabel (objoid, classoid, provider, label)
select oid, 'pg_catalog.pg_database'::regclass, 'guard', 'secret' from pg_catalog.pg_database where datname = current_database();
