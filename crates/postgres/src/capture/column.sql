-- Columns of tables, views, materialised views and foreign tables, as raw as they are stored; names of types and
-- collations are resolved once for each distinct one.
-- Versions: 13 to 18; compression from 14 on; a statistics target is NULL instead of -1 from 17 on. Privileges: none.
-- No order: the manifest sorts.
select a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull, a.attidentity, a.attgenerated,
  a.attstorage,
  a.attcompression, -- >=14
  ''::"char", -- <14
  a.attstattarget::int4, a.attoptions, a.attislocal, a.attfdwoptions
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped
  and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't'
  and c.relnamespace in (select n.oid from pg_catalog.pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema')
