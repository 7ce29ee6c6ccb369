-- Statistics targets and operator class parameters of index columns, where any were set.
-- Versions: 13 to 18. Privileges: none. Parameter: numbers of indexes.
select a.attrelid as oid, a.attnum as number, a.attstattarget::int4 as target, a.attoptions as options
from unnest($1::oid[]) as k (oid)
join pg_catalog.pg_attribute a on a.attrelid = k.oid
where a.attnum > 0 and (a.attoptions is not null or coalesce(a.attstattarget, -1) >= 0)
