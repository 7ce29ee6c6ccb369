-- Checks of domains. Versions: 13 to 18. Privileges: none. They name no relation, so no lock is taken.
select 'pg_constraint'::text as _classid, k.oid as _oid, t.oid as _type, n.nspname as schema, t.typname as domain, k.conname as name,
  pg_catalog.pg_get_expr(k.conbin, 0) as expression, k.convalidated as validated
from pg_catalog.pg_constraint k
join pg_catalog.pg_type t on t.oid = k.contypid
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where k.contype = 'c' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
