-- Names of tablespaces, access methods, collations, types' own operator classes: small lookups, one statement each kind.
-- Versions: 13 to 18. Privileges: none. Columns: class (t, a, c), oid, name.
select 't'::text as class, t.oid, t.spcname::text as name from pg_catalog.pg_tablespace t
union all
select 'a', a.oid, a.amname::text from pg_catalog.pg_am a
union all
select 'c', c.oid, case when n.nspname = 'pg_catalog' then quote_ident(c.collname) else quote_ident(n.nspname) || '.' || quote_ident(c.collname) end
from pg_catalog.pg_collation c join pg_catalog.pg_namespace n on n.oid = c.collnamespace
