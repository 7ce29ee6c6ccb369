-- Conditions of check constraints. Naming their columns opens the table.
-- Versions: 13 to 18. Privileges: none. Parameter: numbers of pg_constraint rows.
select k.oid, pg_catalog.pg_get_expr(c.conbin, c.conrelid) as printed
from unnest($1::oid[]) as k (oid)
join pg_catalog.pg_constraint c on c.oid = k.oid
