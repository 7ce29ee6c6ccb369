-- Schemas. Versions: 13 to 18. Privileges: none.
select 'pg_namespace'::text as _classid, n.oid as _oid, n.nspname as schema
from pg_catalog.pg_namespace n
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
