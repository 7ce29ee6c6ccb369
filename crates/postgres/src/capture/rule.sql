-- Rewrite rules; the rules that make views are the views' definitions.
-- Those of relations that belong to an extension (_relation) are left out by the reader.
-- Versions: 13 to 18. Privileges: none. What a rule does is printed apart (rule_text.sql).
select 'pg_rewrite'::text as _classid, r.oid as _oid, c.oid as _relation, n.nspname as schema, c.relname as "table", r.rulename as name,
  case r.ev_type when '1' then 'select' when '2' then 'update' when '3' then 'insert' when '4' then 'delete' else r.ev_type::text end as event,
  r.is_instead as instead,
  case r.ev_enabled when 'O' then 'origin' when 'R' then 'replica' when 'A' then 'always' when 'D' then 'disabled' end as enabled
from pg_catalog.pg_rewrite r
join pg_catalog.pg_class c on c.oid = r.ev_class
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relpersistence <> 't'
  and not (r.rulename = '_RETURN' and c.relkind in ('v', 'm'))
