-- Statistics targets and operator class parameters of index columns, where any were set.
-- Versions: 13 to 18. Privileges: none.
select a.attrelid, a.attnum, a.attstattarget::int4, a.attoptions
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where c.relkind in ('i', 'I') and a.attrelid >= 16384 and a.attnum > 0
  and (a.attoptions is not null or coalesce(a.attstattarget, -1) >= 0)
