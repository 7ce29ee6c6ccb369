-- Enumerated types. The sort keys of labels differ after a restore; their order does not.
-- Versions: 13 to 18. Privileges: none.
select 'pg_type'::text as _classid, t.oid as _oid, n.nspname as schema, t.typname as name,
  array(select e.enumlabel::text from pg_catalog.pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) as labels
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'e' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
