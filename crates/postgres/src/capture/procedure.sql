-- Plain procedures that belong to no extension.
-- From 14 on IN is written out where older servers leave it away; it is taken out everywhere but within quotes.
-- Versions: 13 to 18; SQL-standard bodies from 14 on. Privileges: none. Those are printed apart (sqlbody_text.sql).
select 'pg_proc'::text as _classid, p.oid as _oid, n.nspname as schema,
  p.proname || '(' || array_to_string(array(select pg_catalog.format_type(t, null) from unnest(p.proargtypes::oid[]) with ordinality as a (t, o) order by a.o), ', ') || ')' as signature,
  nullif(regexp_replace(pg_catalog.pg_get_function_arguments(p.oid), '("([^"]|"")*"|''([^'']|'''')*'')|(^|, )IN ', '\1\4', 'g'), '') as arguments,
  l.lanname as language,
  p.prosrc as body,
  p.probin as library,
  case when p.prosecdef then 'definer' else 'invoker' end as security,
  (select array_agg(s order by s) from unnest(p.proconfig) as s) as configuration,
  (select array_agg(pg_catalog.format_type(t, null) order by o) from unnest(p.protrftypes) with ordinality as a (t, o)) as transforms
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where p.prokind = 'p' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
