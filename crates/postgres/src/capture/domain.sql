-- Domains. Versions: 13 to 18; the name of NOT NULL exists from 17 on. Privileges: none.
select 'pg_type'::text as _classid, t.oid as _oid, n.nspname as schema, t.typname as name,
  pg_catalog.format_type(t.typbasetype, t.typtypmod) as type,
  case when t.typcollation <> 0 and t.typcollation <> b.typcollation then t.typcollation::regcollation::text end as collation,
  t.typnotnull as not_null,
  (select k.conname from pg_catalog.pg_constraint k where k.contypid = t.oid and k.contype = 'n' and k.conname <> t.typname || '_not_null' limit 1) as not_null_name, -- >=17
  coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault) as default
from pg_catalog.pg_type t
join pg_catalog.pg_type b on b.oid = t.typbasetype
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'd' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
