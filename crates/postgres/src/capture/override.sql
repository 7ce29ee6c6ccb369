-- Settings that roles and databases get in place of the server's: for this database or for every one.
-- Versions: 13 to 18. Privileges: none. Columns: role (0: all), only this database, entry `name=value`.
select s.setrole as role, s.setdatabase <> 0 as here, unnest(s.setconfig) as entry
from pg_catalog.pg_db_role_setting s
where s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = current_database()))
