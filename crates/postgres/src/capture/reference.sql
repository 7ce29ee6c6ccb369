-- Columns of tables whose content is compared ($1), and which of them are the primary key's, in its order.
-- Versions: 13 to 18. Privileges: none. Columns: relation, column, its place in the key, whether it is money (which prints by the
-- session's locale), readable, schema usable, filtered by row-level security, the role.
select a.attrelid as relation, a.attname as name,
  (select pg_catalog.array_position(k.indkey::int2[], a.attnum) from pg_catalog.pg_index k where k.indrelid = a.attrelid and k.indisprimary)::int4 as place,
  coalesce(has_column_privilege(a.attrelid, a.attnum, 'SELECT'), false) as readable,
  coalesce(has_schema_privilege(c.relnamespace, 'USAGE'), false) as usable,
  row_security_active(a.attrelid) as filtered,
  current_user::text as role
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
where a.attnum > 0 and not a.attisdropped and a.attrelid in (select r.oid from unnest($1::oid[]) as r(oid))
order by a.attrelid, a.attnum
