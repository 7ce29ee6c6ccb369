-- Which course of things it is: of which cluster, in which database, and how often a server took another's place.
-- Versions: 13 to 18. Privileges: none, unless somebody took away what PUBLIC may run.
SELECT pg_catalog.concat_ws(
    '/',
    c.system_identifier,
    d.oid,
    pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)
)
FROM pg_catalog.pg_control_system() AS c, pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database()
