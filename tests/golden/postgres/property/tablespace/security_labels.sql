-- expect: tablespace elsewhere security_labels: nothing -> guard: secret
-- in place
-- candidate
insert into pg_catalog.pg_shseclabel (objoid, classoid, provider, label)
select oid, 'pg_catalog.pg_tablespace'::regclass, 'guard', 'secret' from pg_catalog.pg_tablespace where spcname = 'elsewhere';
-- cleanup
delete from pg_catalog.pg_shseclabel;
