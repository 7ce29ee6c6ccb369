-- Every relation of the schemas we compare; tables, views and sequences take their names from here.
-- Versions: 13 to 18. Privileges: none. No order: the manifest sorts.
select c.oid, c.relnamespace, c.relname, c.relkind, c.relpersistence, c.relam, c.reltablespace, c.relreplident,
  c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.relispopulated, c.reloptions, c.reltoastrelid,
  case when c.reloftype <> 0 then pg_catalog.format_type(c.reloftype, null) end
from pg_catalog.pg_class c
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c', 'i', 'I')
  and c.relpersistence <> 't'
  and c.relnamespace in (select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
