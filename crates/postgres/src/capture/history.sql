-- Columns of tables that may be a migration tool's: named like one ($1), or with a column that only one tool has ($2).
-- Versions: 13 to 18. Privileges: none. Columns: relation, column (as it is), its name in lower case, family (the type's
-- category, b for bytea), readable, schema usable, filtered by row-level security, the role.
select a.attrelid as relation, a.attname as name, lower(a.attname::text collate "C") as lowered,
  case when t.typname = 'bytea' then 'b' else t.typcategory::text end as family,
  coalesce(has_column_privilege(a.attrelid, a.attnum, 'SELECT'), false) as readable,
  coalesce(has_schema_privilege(c.relnamespace, 'USAGE'), false) as usable,
  row_security_active(a.attrelid) as filtered,
  current_user::text as role
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
join pg_catalog.pg_type t on t.oid = a.atttypid
where a.attnum > 0 and not a.attisdropped
  and a.attrelid in (
    select r.oid from unnest($1::oid[]) as r(oid)
    union
    select m.attrelid from pg_catalog.pg_attribute m where m.attname = any ($2::name[]) and m.attnum > 0 and not m.attisdropped
  )
order by a.attrelid, a.attnum
