-- Sequences that stand alone or belong to a serial column; those behind identity columns belong to the column.
-- Versions: 13 to 18. Privileges: none.
select 'pg_class'::text as _classid, c.oid as _oid, n.nspname as schema, c.relname as name,
  pg_catalog.format_type(s.seqtypid, null) as type, s.seqstart as start, s.seqincrement as increment, s.seqmin as minimum,
  nullif(s.seqmax, case s.seqtypid when 20 then 9223372036854775807 when 23 then 2147483647 when 21 then 32767 end) as maximum,
  s.seqcache as cache, s.seqcycle as cycle,
  case c.relpersistence when 'p' then 'permanent' when 'u' then 'unlogged' end as persistence,
  (select quote_ident(tn.nspname) || '.' || quote_ident(t.relname) || '.' || quote_ident(a.attname)
   from pg_catalog.pg_depend d
   join pg_catalog.pg_class t on t.oid = d.refobjid
   join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
   join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
   where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
     and d.deptype = 'a' and d.refobjsubid > 0
   limit 1) as owned_by
from pg_catalog.pg_sequence s
join pg_catalog.pg_class c on c.oid = s.seqrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')
