-- Who holds an advisory lock. Versions: 13 and later. Privileges: none; who it is, is seen by members of pg_read_all_stats only.
-- Columns: the process, its name, seconds since it began.
SELECT
    lock.pid::pg_catalog.text,
    activity.application_name::pg_catalog.text,
    EXTRACT(epoch FROM pg_catalog.clock_timestamp() - activity.backend_start)::pg_catalog.int8::pg_catalog.text
FROM pg_catalog.pg_locks AS lock
LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = lock.pid
WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
    AND lock.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    AND ((lock.classid::pg_catalog.int8 << 32) | lock.objid::pg_catalog.int8) = {key}::pg_catalog.int8
ORDER BY lock.pid
