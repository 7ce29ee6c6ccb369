-- Schemas that are ours to compare: no system, TOAST or temporary ones (the prefix pg_ is reserved).
-- Versions: 13 to 18. Privileges: none. Columns: oid, nspname.
select n.oid, n.nspname as name
from pg_catalog.pg_namespace n
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
