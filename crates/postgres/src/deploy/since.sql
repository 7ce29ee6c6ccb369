-- Sessions of this database that began since a moment and are called as this one, or are of its account.
-- Versions: 13 to 18. Privileges: when sessions of other roles began is seen by members of pg_read_all_stats; they are told by their name.
-- Columns: the process, its name, whether that is ours, the account where it is another.
SELECT
    a.pid,
    a.application_name,
    a.application_name = pg_catalog.current_setting('application_name'),
    CASE WHEN a.usename <> CURRENT_USER THEN a.usename END
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend'
    AND (
        a.application_name = pg_catalog.current_setting('application_name')
            AND (a.backend_start IS NULL OR a.backend_start >= {moment}::pg_catalog.timestamptz)
        OR a.usename = CURRENT_USER AND a.backend_start >= {moment}::pg_catalog.timestamptz
    )
ORDER BY a.pid
