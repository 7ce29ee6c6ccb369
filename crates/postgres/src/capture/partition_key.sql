-- Partition strategy and key. Naming the columns of expressions opens the table.
-- Versions: 13 to 18. Privileges: none. Parameter: numbers of tables.
select k.oid, pg_catalog.pg_get_partkeydef(k.oid) as printed
from unnest($1::oid[]) as k (oid)
