-- Column defaults; of generated columns only the number. A default holds no column references, so no relation is named
-- and no lock is taken.
-- Versions: 13 to 18. Privileges: none.
select d.adrelid, d.adnum, d.oid, case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, 0) end
from pg_catalog.pg_attrdef d
join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
where d.adrelid >= 16384
