-- Rules as the server prints them. Printing one locks every relation it names until the savepoint is left.
-- Versions: 13 to 18. Privileges: none. Parameter: numbers of rules.
select k.oid, pg_catalog.pg_get_ruledef(k.oid)
from unnest($1::oid[]) as k (oid)
