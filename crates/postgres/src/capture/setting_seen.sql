-- Whether all rows of pg_settings are visible, who we are, and who migrates ($1; NULL where nobody was named).
-- A member that does not inherit sees nothing from 15 on, so only USAGE counts.
-- Versions: 13 to 18. Privileges: none. Columns: sees, me, migration role's number (0: no such role), our name, whether our role is given so little
-- time that reading under its own limits may not end.
select pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
    or (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) as sees,
  (select r.oid from pg_catalog.pg_roles r where r.rolname = session_user) as me,
  coalesce((select r.oid from pg_catalog.pg_roles r where r.rolname = $1), 0::oid) as migration_role,
  session_user::text as my_name,
  exists (select from pg_catalog.pg_settings s
    where s.name in ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout') and s.reset_val::int8 between 1 and 10000) as hurried
