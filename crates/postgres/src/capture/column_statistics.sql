-- What ANALYZE found, without values unless asked for ($1). Of a partitioned table over its partitions, else of the table alone.
-- Versions: 13 to 18. Privileges: SELECT on the table, and no row-level security in the way: else the row is missing.
-- Deciles are of numeric types only, and only where all bounds are finite: NaN and Infinity carry letters other than e.
select 'pg_class'::text as _classid, c.oid as _oid, s.schemaname as schema, s.tablename as table, s.attname as column,
  s.null_frac as null_fraction, s.avg_width as width,
  case when s.n_distinct >= 0 then s.n_distinct::float8 when c.reltuples >= 0 then round(-s.n_distinct::float8 * c.reltuples::float8) end as distinct,
  s.correlation, (s.most_common_freqs)[1] as top_frequency, s.most_common_freqs::text[] as common_frequencies,
  array_length(s.histogram_bounds::text::text[], 1) - 1 as histogram_bins,
  case when a.atttypid in (20, 21, 23, 700, 701, 1700) and s.histogram_bounds::text !~ '[A-Za-df-z]' then (
    select array_agg(round((h.b[1 + (array_length(h.b, 1) - 1) * d / 10] - h.b[1]) / nullif(h.b[array_length(h.b, 1)] - h.b[1], 0), 2)::text order by d)
    from (select s.histogram_bounds::text::numeric[] as b) h, generate_series(1, 9) as d
  ) end as histogram_shape,
  case when $1 then s.most_common_vals::text::text[] end as common_values,
  case when $1 then s.histogram_bounds::text::text[] end as histogram_bounds
from pg_catalog.pg_stats s
join pg_catalog.pg_namespace n on n.nspname = s.schemaname
join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = s.attname
where c.relkind in ('r', 'm', 'p', 'f') and c.relpersistence <> 't' and s.schemaname !~ '^pg_' and s.schemaname <> 'information_schema'
  and (not s.inherited or c.relkind = 'p')
