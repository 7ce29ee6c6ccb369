-- Triggers. Internal ones belong to constraints. A copy on a partition says nothing new unless it is enabled differently.
-- Those of relations that belong to an extension (_relation) are left out by the reader.
-- Versions: 13 to 18. Privileges: none. Conditions are printed apart (trigger_text.sql).
-- Arguments are stored one after the other, each closed by a zero byte.
select 'pg_trigger'::text as _classid, t.oid as _oid, c.oid as _relation, n.nspname as schema, c.relname as "table", t.tgname as name,
  case when t.tgtype & 64 <> 0 then 'instead of' when t.tgtype & 2 <> 0 then 'before' else 'after' end as timing,
  array_remove(array[case when t.tgtype & 4 <> 0 then 'insert' end, case when t.tgtype & 16 <> 0 then 'update' end,
    case when t.tgtype & 8 <> 0 then 'delete' end, case when t.tgtype & 32 <> 0 then 'truncate' end], null) as events,
  array(select a.attname::text from unnest(t.tgattr::int2[]) as k (number)
    join pg_catalog.pg_attribute a on a.attrelid = t.tgrelid and a.attnum = k.number order by 1) as columns,
  case when t.tgtype & 1 <> 0 then 'row' else 'statement' end as level,
  t.tgoldtable as old_table, t.tgnewtable as new_table,
  regexp_replace(nullif(t.tgfoid::oid, 0)::regprocedure::text, '^("([^"]|"")*"|[^."(]*)\(.*\)$', '\1') as function,
  array(select convert_from(decode(m.part[1], 'hex'), pg_catalog.getdatabaseencoding())
    from regexp_matches(encode(t.tgargs, 'hex'), '((?:[0-9a-f]{2})*?)00', 'g') with ordinality as m (part, position)
    where t.tgnargs > 0 order by m.position) as arguments,
  t.tgconstraint <> 0 as constraint,
  (select quote_ident(fn.nspname) || '.' || quote_ident(f.relname) from pg_catalog.pg_class f
    join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace where f.oid = t.tgconstrrelid) as constraint_from,
  t.tgdeferrable as deferrable, t.tginitdeferred as initially_deferred,
  case t.tgenabled when 'O' then 'origin' when 'R' then 'replica' when 'A' then 'always' when 'D' then 'disabled' end as enabled,
  t.tgparentid <> 0 as copied
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relpersistence <> 't'
  and (t.tgparentid = 0 and not t.tgisinternal
    or t.tgparentid <> 0 and t.tgenabled <> (select parent.tgenabled from pg_catalog.pg_trigger parent where parent.oid = t.tgparentid)
      and not exists (select from pg_catalog.pg_constraint k where k.oid = t.tgconstraint and k.contype <> 't'))
