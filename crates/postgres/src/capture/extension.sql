-- Extensions and their schema; versions are configuration.
-- Versions: 13 to 18. Privileges: none.
select 'pg_extension'::text as _classid, e.oid as _oid, e.extname as name, n.nspname as schema
from pg_catalog.pg_extension e
join pg_catalog.pg_namespace n on n.oid = e.extnamespace
