-- Row-level security policies. Role 0 is PUBLIC.
-- Those of relations that belong to an extension (_relation) are left out by the reader.
-- Versions: 13 to 18. Privileges: none. Expressions are printed apart (policy_text.sql).
select 'pg_policy'::text as _classid, p.oid as _oid, c.oid as _relation, n.nspname as schema, c.relname as "table", p.polname as name,
  case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' end as command,
  case when p.polpermissive then 'permissive' else 'restrictive' end as type,
  array(select pg_catalog.pg_get_userbyid(r)::text from unnest(p.polroles) as r where r <> 0 order by 1) as roles
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
