-- Extended statistics objects. Versions: 13 to 18; expressions from 14 on are printed apart (statistics_text.sql); no target is
-- NULL instead of -1 from 17 on. Privileges: none.
select 'pg_statistic_ext'::text as _classid, s.oid as _oid, n.nspname as schema, s.stxname as name,
  array[cn.nspname::text, c.relname::text] as "table",
  array(select case k when 'd' then 'ndistinct' when 'f' then 'dependencies' when 'm' then 'mcv' else k::text end
    from unnest(s.stxkind) as k where k <> 'e' order by 1) as kinds,
  array(select a.attname::text from unnest(s.stxkeys::int2[]) as k (number)
    join pg_catalog.pg_attribute a on a.attrelid = s.stxrelid and a.attnum = k.number order by 1) as columns,
  nullif(s.stxstattarget::int4, -1) as target
from pg_catalog.pg_statistic_ext s
join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
join pg_catalog.pg_class c on c.oid = s.stxrelid
join pg_catalog.pg_namespace cn on cn.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relpersistence <> 't'
