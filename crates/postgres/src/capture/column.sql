-- Columns of tables, views, materialised views and foreign tables, as raw as they are stored; names of types and
-- collations are resolved once for each distinct one. What nearly every column has is NULL here: it costs nothing to send.
-- Versions: 13 to 18; compression from 14 on; a statistics target is NULL instead of -1 from 17 on. Privileges: none.
-- No order: the manifest sorts.
select a.attrelid as relation, a.attnum as number, a.attname as name, a.atttypid as typ, nullif(a.atttypmod, -1) as modifier,
  nullif(a.attcollation, 0) as collation, nullif(a.attnotnull, false) as not_null, nullif(a.attidentity, '') as identity,
  nullif(a.attgenerated, '') as generated, nullif(a.attstorage, 'p') as storage,
  nullif(a.attcompression, '') as compression, -- >=14
  null::"char" as compression, -- <14
  nullif(a.attstattarget::int4, -1) as target, a.attoptions as options, nullif(a.attislocal, true) as local, a.attfdwoptions as foreign
from pg_catalog.pg_attribute a
where a.attnum > 0 and not a.attisdropped
  and exists (
    select from pg_catalog.pg_class c
    where c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't'
      and c.relnamespace in (select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
  )
