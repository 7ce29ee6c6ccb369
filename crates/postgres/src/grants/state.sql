-- What a role ($1) has of what a capture needs; NULL where there is no such role.
-- Versions: 13 to 18. Privileges: none.
-- Columns: database, exists, superuser, may connect, monitors, reads all data, bypasses row-level security, whether any table
-- has it, inherits.
select current_database()::text, r.oid is not null, r.rolsuper,
  pg_catalog.has_database_privilege(r.oid, current_database()::text, 'CONNECT'),
  pg_catalog.pg_has_role(r.oid, 'pg_monitor', 'USAGE'),
  pg_catalog.pg_has_role(r.oid, 'pg_read_all_data', 'USAGE'), -- >=14
  null::bool, -- <14
  r.rolbypassrls,
  exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relrowsecurity and n.nspname !~ '^pg_'),
  r.rolinherit
from (select) one
left join pg_catalog.pg_roles r on r.rolname = $1
