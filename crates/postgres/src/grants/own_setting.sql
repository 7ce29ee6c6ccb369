-- Settings that a role ($1) gets in place of the server's here: they would hide the server's.
-- Versions: 13 to 18. Privileges: none. Columns: setting, only in this database.
select split_part(e, '=', 1), s.setdatabase <> 0
from pg_catalog.pg_db_role_setting s
join pg_catalog.pg_roles r on r.oid = s.setrole, unnest(s.setconfig) as e
where r.rolname = $1 and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = current_database()))
order by 1, 2
