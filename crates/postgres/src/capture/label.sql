-- Security labels on anything. Versions: 13 to 18. Privileges: none.
select l.classoid as class, l.objoid as oid, l.objsubid as sub, l.provider || ': ' || l.label as note
from pg_catalog.pg_seclabel l
union all
select l.classoid, l.objoid, 0, l.provider || ': ' || l.label
from pg_catalog.pg_shseclabel l
order by 1, 2, 3, 4
