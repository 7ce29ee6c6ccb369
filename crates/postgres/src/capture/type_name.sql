-- What a type is called with its modifier, and the type's own storage and collation.
-- Versions: 13 to 18. Privileges: none. Parameters: types, modifiers.
select k.typ, k.modifier, pg_catalog.format_type(k.typ, k.modifier) as name, t.typstorage as storage, t.typcollation as collation
from unnest($1::oid[], $2::int4[]) as k (typ, modifier)
join pg_catalog.pg_type t on t.oid = k.typ
