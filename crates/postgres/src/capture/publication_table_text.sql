-- Filters of published tables. Printing one opens the table.
-- Versions: 15 to 18. Privileges: none. Parameter: numbers of published tables.
select k.oid, pg_catalog.pg_get_expr(r.prqual, r.prrelid) as filter
from unnest($1::oid[]) as k (oid)
join pg_catalog.pg_publication_rel r on r.oid = k.oid
