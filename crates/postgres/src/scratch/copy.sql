-- Gives a database what CREATE DATABASE ... TEMPLATE leaves out: owner, rights, settings of the database and of roles in it. `{from}` and
-- `{to}` are names as literals.
-- Versions: 13 to 18. Privileges: superuser. Only on throwaway servers.
SET LOCAL allow_system_table_mods = on;
UPDATE pg_catalog.pg_database AS t
SET datdba = f.datdba, datacl = f.datacl
FROM pg_catalog.pg_database AS f
WHERE t.datname = {to} AND f.datname = {from};
INSERT INTO pg_catalog.pg_db_role_setting (setdatabase, setrole, setconfig)
SELECT t.oid, s.setrole, s.setconfig
FROM pg_catalog.pg_db_role_setting AS s
JOIN pg_catalog.pg_database AS f ON f.oid = s.setdatabase AND f.datname = {from}
JOIN pg_catalog.pg_database AS t ON t.datname = {to}
