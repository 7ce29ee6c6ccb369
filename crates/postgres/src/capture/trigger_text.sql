-- Triggers as the server prints them, for their conditions. Naming the columns of a condition opens the table.
-- Versions: 13 to 18. Privileges: none. Parameter: numbers of triggers.
select k.oid, pg_catalog.pg_get_triggerdef(k.oid, false)
from unnest($1::oid[]) as k (oid)
