-- Before 14 only superusers may look up the number it is known by, on which owner, comment and labels hang.
-- since: 14
-- expect: subscription sub security_labels: nothing -> guard: secret
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ((select oid from pg_catalog.pg_subscription where subname = 'sub'), 'pg_catalog.pg_subscription'::regclass, 0, 'guard', 'secret');
