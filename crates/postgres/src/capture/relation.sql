-- Every relation of the schemas we compare; tables, views and sequences take their names from here. Of TOAST tables only
-- those with storage parameters. What nearly every relation has is NULL here: it costs nothing to send.
-- Versions: 13 to 18. Privileges: none. No order: the manifest sorts.
select c.oid, c.relnamespace as schema, c.relname as name, c.relkind as kind, nullif(c.relpersistence, 'p') as persistence, c.relam as method,
  nullif(c.reltablespace, 0) as tablespace, nullif(c.relreplident, 'd') as replica_identity, nullif(c.relrowsecurity, false) as row_security,
  nullif(c.relforcerowsecurity, false) as force_row_security, nullif(c.relispartition, false) as is_partition,
  nullif(c.relispopulated, true) as populated, c.reloptions as options, nullif(c.reltoastrelid, 0) as toast,
  case when c.reloftype <> 0 then pg_catalog.format_type(c.reloftype, null) end as of_type
from pg_catalog.pg_class c
where c.relpersistence <> 't'
  and (c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c', 'i', 'I')
      and c.relnamespace in (select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
    or c.relkind = 't' and c.reloptions is not null)
