-- SQL-standard bodies. Printing one opens every relation it names.
-- Versions: 14 to 18. Privileges: none. Parameter: numbers of functions.
select k.oid, pg_catalog.pg_get_function_sqlbody(k.oid) as body
from unnest($1::oid[]) as k (oid)
