-- Expressions of statistics objects. Printing one opens the table.
-- Versions: 14 to 18. Privileges: none. Parameter: numbers of statistics objects.
select k.oid, pg_catalog.pg_get_statisticsobjdef_expressions(k.oid) as expressions
from unnest($1::oid[]) as k (oid)
