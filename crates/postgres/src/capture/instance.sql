-- Which running server this is, and which of its databases: what makes two connections one. A replica and a clone have the same
-- system identifier, and were started at another moment.
-- Versions: 13 to 18. Privileges: none, unless they were taken from PUBLIC.
select c.system_identifier::text as server,
    (extract(epoch from pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint as started,
    d.oid::text as database
from pg_catalog.pg_control_system() c, pg_catalog.pg_database d
where d.datname = pg_catalog.current_database()
