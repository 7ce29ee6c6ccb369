-- Generation expressions. Naming their columns opens the table, which waits for whoever holds it exclusively.
-- Versions: 13 to 18. Privileges: none. Parameter: numbers of pg_attrdef rows.
select k.oid, pg_catalog.pg_get_expr(d.adbin, d.adrelid) as printed
from unnest($1::oid[]) as k (oid)
join pg_catalog.pg_attrdef d on d.oid = k.oid
