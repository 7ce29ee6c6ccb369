-- Expressions of policies. Printing one opens the table and every relation it reads.
-- Versions: 13 to 18. Privileges: none. Parameter: numbers of policies.
select k.oid, pg_catalog.pg_get_expr(p.polqual, p.polrelid) as using, pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as check
from unnest($1::oid[]) as k (oid)
join pg_catalog.pg_policy p on p.oid = k.oid
