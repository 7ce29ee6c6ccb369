-- Security labels on anything. Versions: 13 to 18. Privileges: none.
select l.classoid, l.objoid, l.objsubid, l.provider || ': ' || l.label
from pg_catalog.pg_seclabel l
union all
select l.classoid, l.objoid, 0, l.provider || ': ' || l.label
from pg_catalog.pg_shseclabel l
order by 1, 2, 3, 4
