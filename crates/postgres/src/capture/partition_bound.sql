-- Partition bounds. Versions: 13 to 18. Privileges: none. Parameter: numbers of tables.
select k.oid, pg_catalog.pg_get_expr(c.relpartbound, 0) as printed
from unnest($1::oid[]) as k (oid)
join pg_catalog.pg_class c on c.oid = k.oid
