-- Which columns are generated. Versions: 13 to 18. Privileges: none.
select d.oid, d.adrelid, d.adnum
from pg_catalog.pg_attrdef d
join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
where a.attgenerated <> '' and d.adrelid >= 16384
