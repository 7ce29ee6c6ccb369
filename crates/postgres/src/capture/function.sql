-- Plain and window functions, without those that come with a range type.
-- Versions: 13 to 18; SQL-standard bodies from 14 on. Privileges: none. Those are printed apart (sqlbody_text.sql).
select 'pg_proc'::text as _classid, p.oid as _oid, n.nspname as schema,
  p.proname || '(' || array_to_string(array(select pg_catalog.format_type(t, null) from unnest(p.proargtypes::oid[]) with ordinality as a (t, o) order by a.o), ', ') || ')' as signature,
  nullif(pg_catalog.pg_get_function_arguments(p.oid), '') as arguments,
  l.lanname as language,
  p.prosrc as body,
  p.probin as library,
  case when p.prosecdef then 'definer' else 'invoker' end as security,
  (select array_agg(s order by s) from unnest(p.proconfig) as s) as configuration,
  (select array_agg(pg_catalog.format_type(t, null) order by o) from unnest(p.protrftypes) with ordinality as a (t, o)) as transforms,
  pg_catalog.pg_get_function_result(p.oid) as returns,
  p.prokind = 'w' as window,
  case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
  p.proisstrict as strict, p.proleakproof as leakproof,
  case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end as parallel,
  nullif(p.procost, case when l.lanname in ('internal', 'c') then 1 else 100 end) as cost,
  nullif(p.prorows, case when p.proretset then 1000 else 0 end) as rows,
  nullif(p.prosupport::oid, 0)::regprocedure::text as support
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where p.prokind in ('f', 'w') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
