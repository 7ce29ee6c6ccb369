-- Expressions (with the types of their results) and predicate of indexes that have any. Naming their columns opens the table.
-- Versions: 13 to 18. Privileges: none. Parameter: numbers of indexes.
select k.oid,
  array(select pg_catalog.pg_get_indexdef(k.oid, p.position, false) from generate_series(1, i.indnatts) as p (position) where i.indkey[p.position - 1] = 0 order by p.position) as expressions,
  pg_catalog.pg_get_expr(i.indpred, i.indrelid) as predicate,
  array(select a.atttypid from pg_catalog.pg_attribute a where a.attrelid = k.oid and i.indkey[a.attnum - 1] = 0 order by a.attnum) as types
from unnest($1::oid[]) as k (oid)
join pg_catalog.pg_index i on i.indexrelid = k.oid
