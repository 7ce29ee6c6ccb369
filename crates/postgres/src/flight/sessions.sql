-- Sessions that hold advisory locks, change definitions, or build something now; transactions that wait to be committed.
-- Definitions are told by what a statement begins with, and by what is locked: what changes them keeps such locks until its transaction
-- ends, whatever it does next. Of relations that nobody else sees yet, those of a session that uses temporary ones are taken for these.
-- Versions: 13 and later. Privileges: what other roles' sessions do is seen by members of pg_read_all_stats only; locks are anybody's.
-- Columns: what it is, the process, the key of an advisory lock, who it is, its state, seconds since it began, what it does, whom it waits
-- for, how many wait for it.
WITH locks AS (
    SELECT lock.pid, lock.locktype, lock.mode, lock.granted, lock.relation,
        COALESCE(relation.relpersistence = 't', false) OR COALESCE(pg_catalog.pg_is_other_temp_schema(lock.objid), false) AS is_temporary,
        lock.relation IS NOT NULL AND relation.oid IS NULL AS is_unseen
    FROM pg_catalog.pg_locks AS lock
    LEFT JOIN pg_catalog.pg_class AS relation ON lock.locktype = 'relation' AND relation.oid = lock.relation
    WHERE lock.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        AND lock.pid <> pg_catalog.pg_backend_pid()
        AND (
            lock.locktype = 'relation'
                AND lock.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'AccessExclusiveLock')
            OR lock.locktype = 'object'
        )
),
strong AS (
    SELECT
        pid,
        pg_catalog.min(
            pg_catalog.upper(pg_catalog.regexp_replace(pg_catalog.regexp_replace(mode, 'Lock$', ''), '([a-z])([A-Z])', '\1 \2', 'g'))
            || ' on ' || relation::pg_catalog.regclass::pg_catalog.text
        ) FILTER (WHERE NOT is_unseen AND NOT is_temporary AND locktype = 'relation') AS doing,
        pg_catalog.bool_or(NOT granted) AS waits,
        pg_catalog.bool_or(mode <> 'ShareUpdateExclusiveLock') AS is_sure
    FROM locks
    GROUP BY pid
    HAVING pg_catalog.bool_or(NOT is_unseen AND NOT is_temporary)
        OR pg_catalog.bool_or(is_unseen) AND NOT pg_catalog.bool_or(is_temporary)
)
SELECT
    'advisory' AS what,
    lock.pid::pg_catalog.int8 AS pid,
    (lock.classid::pg_catalog.int8 << 32) | lock.objid::pg_catalog.int8 AS key,
    activity.application_name::pg_catalog.text AS who,
    activity.state::pg_catalog.text AS state,
    EXTRACT(epoch FROM pg_catalog.clock_timestamp() - COALESCE(activity.state_change, activity.backend_start))::pg_catalog.int8 AS seconds,
    NULL::pg_catalog.text AS doing,
    NULL::pg_catalog.text AS waits_for,
    NULL::pg_catalog.int8 AS waiting
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
    EXTRACT(epoch FROM pg_catalog.clock_timestamp() - COALESCE(activity.xact_start, activity.query_start))::pg_catalog.int8,
    COALESCE(
        pg_catalog.upper(pg_catalog.substring(activity.query, '(?i)(?:^|;)\s*((?:alter|create|drop|reindex|cluster|truncate|vacuum)\s+[a-z]+)')),
        strong.doing
    ),
    CASE WHEN strong.waits THEN pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(activity.pid), ', ') END,
    (
        SELECT pg_catalog.count(DISTINCT other.pid)
        FROM pg_catalog.pg_locks AS other
        WHERE NOT other.granted AND activity.pid = ANY (pg_catalog.pg_blocking_pids(other.pid))
    )
FROM pg_catalog.pg_stat_activity AS activity
LEFT JOIN strong ON strong.pid = activity.pid
WHERE activity.datname = pg_catalog.current_database()
    AND activity.pid <> pg_catalog.pg_backend_pid()
    AND (
        activity.state IN ('active', 'idle in transaction')
            AND activity.query ~* '(^|;)\s*(alter|create|drop|reindex|cluster|truncate|vacuum\s+full)\M'
        OR strong.pid IS NOT NULL
            -- Of a session that is not shown nobody knows whether it is one of the server's own.
            AND COALESCE(activity.backend_type NOT IN ('autovacuum worker', 'parallel worker'), strong.is_sure)
            -- What keeps house changes no definition, where it is all that its transaction has done.
            AND NOT (
                activity.query ~* '^\s*(/\*[^*]*\*/\s*)?(begin\s*;\s*)?(vacuum|analyze|refresh|lock)\M[^;]*;?\s*$'
                AND activity.xact_start >= activity.query_start
            )
    )
UNION ALL
SELECT 'build', progress.pid::pg_catalog.int8, NULL, progress.command, progress.phase, NULL, progress.relid::pg_catalog.regclass::pg_catalog.text, NULL, NULL
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
    waiting.gid,
    NULL,
    NULL
FROM pg_catalog.pg_prepared_xacts AS waiting
WHERE waiting.database = pg_catalog.current_database()
UNION ALL
SELECT 'unseen', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_catalog.pg_stat_activity AS activity
WHERE activity.datname = pg_catalog.current_database() AND activity.query = '<insufficient privilege>'
GROUP BY 1
ORDER BY 1, 2, 3
