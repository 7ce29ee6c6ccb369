-- expect: language calc security_labels: nothing -> guard: secret
-- setup
create language calc handler plpgsql_call_handler;
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ((select oid from pg_catalog.pg_language where lanname = 'calc'), 'pg_catalog.pg_language'::regclass, 0, 'guard', 'secret');
