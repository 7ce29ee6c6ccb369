-- How much is in each table, as the server estimates; no file is opened and no lock waited for. Sizes are pages at the
-- last VACUUM or ANALYZE. Counters are this node's own: a standby has none.
-- Versions: 13 to 18; before 14 a table that was never analysed looks empty. Privileges: none.
select 'pg_class'::text as _classid, c.oid as _oid, n.nspname as schema, c.relname as table,
  case when k.seen then c.reltuples::bigint when not pg_catalog.pg_is_in_recovery() then s.live end as rows,
  case when c.relkind <> 'p' then nullif(c.relpages, 0)::bigint * current_setting('block_size')::bigint end as table_bytes,
  (select nullif(sum(x.relpages), 0)::bigint * current_setting('block_size')::bigint
   from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid) as index_bytes,
  (select nullif(t.relpages, 0)::bigint * current_setting('block_size')::bigint from pg_catalog.pg_class t where t.oid = c.reltoastrelid) as toast_bytes,
  case when not pg_catalog.pg_is_in_recovery() and c.relkind <> 'p' then pg_catalog.pg_stat_get_dead_tuples(c.oid) end as dead_rows,
  case when not pg_catalog.pg_is_in_recovery() and c.relkind <> 'p' then s.live end as live_rows,
  (extract(epoch from now() - greatest(pg_catalog.pg_stat_get_last_analyze_time(c.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid))) / 86400)::bigint as last_analyze_days,
  not k.seen and s.live > 0 as never_analyzed,
  not k.seen and pg_catalog.pg_is_in_recovery() as _unknown
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
lateral (select pg_catalog.pg_stat_get_live_tuples(c.oid) as live) s,
lateral (select c.reltuples >= 0 as seen) k -- >=14
lateral (select c.reltuples > 0 or c.relpages > 0 as seen) k -- <14
where c.relkind in ('r', 'm', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and (c.relkind <> 'p' or k.seen)
