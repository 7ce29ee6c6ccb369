-- Columns whose sequences stand before the largest value that the last ANALYZE found, or near their end. A sequence is opened to
-- see where it stands: this waits for whoever alters it, and so runs behind a savepoint.
-- Versions: 13 to 18. Privileges: SELECT or USAGE on the sequence, SELECT on the column: of others nothing is claimed.
-- Columns: table, column, whether it is behind, whether it is near its end.
with owned as materialized (
  select d.refobjid as relation, n.nspname, c.relname, a.attname, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle,
    case when pg_catalog.has_sequence_privilege(s.seqrelid, 'SELECT, USAGE') then pg_catalog.pg_sequence_last_value(s.seqrelid) end as last
  from pg_catalog.pg_sequence s
  join pg_catalog.pg_class q on q.oid = s.seqrelid and q.relpersistence = 'p'
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = s.seqrelid and d.deptype in ('a', 'i')
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0
  join pg_catalog.pg_class c on c.oid = d.refobjid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  where a.atttypid in (20, 21, 23) and s.seqincrement > 0 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
), placed as (
  select o.relation, o.attname as "column",
    coalesce(o.last, o.seqmin - 1) < (t.histogram_bounds::text::int8[])[array_length(t.histogram_bounds::text::int8[], 1)] as behind,
    not o.seqcycle and (o.last::numeric - o.seqmin) / nullif(o.seqmax::numeric - o.seqmin, 0) >= 0.9 as near
  from owned o
  left join pg_catalog.pg_stats t on t.schemaname = o.nspname and t.tablename = o.relname and t.attname = o.attname and not t.inherited
)
select p.relation, p."column", p.behind, p.near
from placed p
where p.behind or p.near
