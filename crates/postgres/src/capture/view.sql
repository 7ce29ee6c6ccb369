-- Definitions of views and materialised views. Printing one locks every relation it reads until the savepoint is left.
-- Versions: 13 to 18. Privileges: none. Parameter: numbers of views.
select k.oid, pg_catalog.pg_get_viewdef(k.oid) as printed
from unnest($1::oid[]) as k (oid)
