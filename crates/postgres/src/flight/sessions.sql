-- Sessions that hold advisory locks, change definitions, or build something now; transactions that wait to be committed.
-- Versions: 13 and later. Privileges: what other roles' sessions do is seen by members of pg_read_all_stats only.
-- Columns: what it is, the process, the key of an advisory lock, who it is, its state, seconds since it began, what it does.
SELECT
    'advisory' AS what,
    lock.pid::pg_catalog.int8 AS pid,
    (lock.classid::pg_catalog.int8 << 32) | lock.objid::pg_catalog.int8 AS key,
    activity.application_name::pg_catalog.text AS who,
    activity.state::pg_catalog.text AS state,
    EXTRACT(epoch FROM pg_catalog.clock_timestamp() - COALESCE(activity.state_change, activity.backend_start))::pg_catalog.int8 AS seconds,
    NULL::pg_catalog.text AS doing
FROM pg_catalog.pg_locks AS lock
LEFT JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = lock.pid
WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
    AND lock.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
UNION ALL
SELECT
    'definition',
    activity.pid::pg_catalog.int8,
    NULL,
    activity.application_name::pg_catalog.text,
    activity.state::pg_catalog.text,
    EXTRACT(epoch FROM pg_catalog.clock_timestamp() - activity.query_start)::pg_catalog.int8,
    pg_catalog.upper(pg_catalog.substring(activity.query, '(?i)(?:^|;)\s*((?:alter|create|drop|reindex|cluster|truncate|vacuum)\s+[a-z]+)'))
FROM pg_catalog.pg_stat_activity AS activity
WHERE activity.datname = pg_catalog.current_database()
    AND activity.pid <> pg_catalog.pg_backend_pid()
    AND activity.state IN ('active', 'idle in transaction')
    AND activity.query ~* '(^|;)\s*(alter|create|drop|reindex|cluster|truncate|vacuum\s+full)\M'
UNION ALL
SELECT 'build', progress.pid::pg_catalog.int8, NULL, progress.command, progress.phase, NULL, progress.relid::pg_catalog.regclass::pg_catalog.text
FROM pg_catalog.pg_stat_progress_create_index AS progress
WHERE progress.datname = pg_catalog.current_database()
UNION ALL
SELECT
    'prepared',
    NULL,
    NULL,
    waiting.owner::pg_catalog.text,
    'prepared',
    EXTRACT(epoch FROM pg_catalog.clock_timestamp() - waiting.prepared)::pg_catalog.int8,
    waiting.gid
FROM pg_catalog.pg_prepared_xacts AS waiting
WHERE waiting.database = pg_catalog.current_database()
UNION ALL
SELECT 'unseen', NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_stat_activity AS activity
WHERE activity.datname = pg_catalog.current_database() AND activity.query = '<insufficient privilege>'
GROUP BY 1
ORDER BY 1, 2, 3
