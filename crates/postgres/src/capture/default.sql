-- Column defaults. An expression that names columns is one of a generated column: it is left to generated.sql, because
-- naming them opens the table; without them no relation is named and no lock is taken.
-- Versions: 13 to 18. Privileges: none.
select d.adrelid as relation, d.adnum as number, d.oid, case when position('{VAR ' in d.adbin::text) = 0 then pg_catalog.pg_get_expr(d.adbin, 0) end as expression
from pg_catalog.pg_attrdef d
where d.adrelid >= 16384
