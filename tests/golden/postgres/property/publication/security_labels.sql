-- expect: publication feed security_labels: nothing -> guard: secret
-- setup
create publication feed;
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ((select oid from pg_catalog.pg_publication where pubname = 'feed'), 'pg_catalog.pg_publication'::regclass, 0, 'guard', 'secret');
