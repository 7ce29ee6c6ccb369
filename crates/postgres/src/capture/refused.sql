-- What a refused statement may have named: functions of the system whose privileges were touched, and relations. It calls
-- no function, which may be what is refused.
-- Versions: 13 to 18. Privileges: none. Parameter: words of the refusal. Columns: the words of GRANT, what it is called.
select 'EXECUTE ON FUNCTION' as privilege, p.oid::regprocedure::text as called
from pg_catalog.pg_proc p
where p.proname = any ($1::name[]) and p.pronamespace = 'pg_catalog'::regnamespace and p.proacl is not null
union all
select 'SELECT ON', c.oid::regclass::text
from pg_catalog.pg_class c
where c.relname = any ($1::name[]) and c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v')
