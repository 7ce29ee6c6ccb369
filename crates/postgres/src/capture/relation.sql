-- Every relation of the schemas we compare; tables, views and sequences take their names from here. Of TOAST tables only
-- those with storage parameters. What nearly every relation has is NULL here: it costs nothing to send.
-- Versions: 13 to 18. Privileges: none. No order: the manifest sorts.
select c.oid, c.relnamespace, c.relname, c.relkind, nullif(c.relpersistence, 'p'), c.relam, nullif(c.reltablespace, 0),
  nullif(c.relreplident, 'd'), nullif(c.relrowsecurity, false), nullif(c.relforcerowsecurity, false), nullif(c.relispartition, false),
  nullif(c.relispopulated, true), c.reloptions, nullif(c.reltoastrelid, 0),
  case when c.reloftype <> 0 then pg_catalog.format_type(c.reloftype, null) end
from pg_catalog.pg_class c
where c.relpersistence <> 't'
  and (c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c', 'i', 'I')
      and c.relnamespace in (select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
    or c.relkind = 't' and c.reloptions is not null)
