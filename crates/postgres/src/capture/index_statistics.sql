-- Size of each index in pages at the last VACUUM or ANALYZE of its table. Versions: 13 to 18. Privileges: none.
select 'pg_class'::text as _classid, c.oid as _oid, n.nspname as schema, c.relname as name, array[tn.nspname, t.relname]::text[] as table,
  nullif(c.relpages, 0)::bigint * current_setting('block_size')::bigint as bytes
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_class t on t.oid = i.indrelid
join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where c.relkind = 'i' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
