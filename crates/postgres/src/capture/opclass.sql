-- Operator classes by number, to name those of index keys that are not the default for the column's type.
-- Versions: 13 to 18. Privileges: none. Columns: oid, method, name (qualified outside pg_catalog), default, input type.
select o.oid, o.opcmethod as method,
  case when n.nspname = 'pg_catalog' then quote_ident(o.opcname) else quote_ident(n.nspname) || '.' || quote_ident(o.opcname) end as name,
  o.opcdefault as is_default, o.opcintype as input
from pg_catalog.pg_opclass o
join pg_catalog.pg_namespace n on n.oid = o.opcnamespace
