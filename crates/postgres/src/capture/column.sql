-- Columns of tables, views, materialised views and foreign tables, as raw as they are stored; names of types and
-- collations are resolved once for each distinct one. What nearly every column has is NULL here: it costs nothing to send.
-- Versions: 13 to 18; compression from 14 on; a statistics target is NULL instead of -1 from 17 on. Privileges: none.
-- No order: the manifest sorts.
select a.attrelid, a.attnum, a.attname, a.atttypid, nullif(a.atttypmod, -1), nullif(a.attcollation, 0), nullif(a.attnotnull, false),
  nullif(a.attidentity, ''), nullif(a.attgenerated, ''), nullif(a.attstorage, 'p'),
  nullif(a.attcompression, ''), -- >=14
  null::"char", -- <14
  nullif(a.attstattarget::int4, -1), a.attoptions, nullif(a.attislocal, true), a.attfdwoptions
from pg_catalog.pg_attribute a
where a.attnum > 0 and not a.attisdropped
  and exists (
    select from pg_catalog.pg_class c
    where c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't'
      and c.relnamespace in (select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
  )
