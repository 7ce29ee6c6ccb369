-- What a deployment would meet: copies of the database that are being made, transactions that hold something of the tables concerned,
-- replicas, sessions that wait for a lock (since when is told by servers from 14 on), connections, replicas that commits wait for.
-- Versions: 13 to 18. Privileges: since when transactions of other roles are open, and how far replicas are behind, is seen by members of
-- pg_read_all_stats only; without that the seconds are NULL. Parameters: schemas and names of tables; none for all.
-- Columns: what it is, who, seconds (of connections: how many are taken; of replicas that commits wait for: how many are there, and for
-- how many they wait), how many there may be (of replicas: the bytes of WAL that one is
-- behind whose seconds are not what the server says, since it has told nothing of them, or is silent), of replicas when they last gave a
-- sign, which is by their own clock, and how far they said they were then.
WITH concerned AS (
    SELECT c.oid
    FROM unnest($1::pg_catalog.text[], $2::pg_catalog.text[]) AS a (of_schema, name)
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = a.of_schema
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = a.name
),
holding AS (
    SELECT DISTINCT l.pid
    FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid() AND l.relation >= 16384
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        AND (pg_catalog.cardinality($1::pg_catalog.text[]) = 0 OR l.relation IN (SELECT oid FROM concerned))
)
SELECT
    'copy'::pg_catalog.text AS what,
    pg_catalog.concat_ws(', ', 'process ' || a.pid, NULLIF(a.application_name, ''), a.usename)::pg_catalog.text AS who,
    EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.backend_start)::pg_catalog.float8 AS seconds,
    NULL::pg_catalog.int8 AS most,
    NULL::pg_catalog.text AS sign,
    NULL::pg_catalog.float8 AS own
FROM pg_catalog.pg_stat_activity AS a
WHERE a.application_name ~* '^(pg_dump|pg_dumpall|pg_basebackup|pgbackrest|barman|wal-g|pg_probackup)'
    AND (a.datname IS NULL OR a.datname = pg_catalog.current_database() OR a.application_name !~* '^pg_dump')
UNION ALL
SELECT 'copy', 'process ' || b.pid || ', a base backup (' || b.phase || ')', NULL, NULL, NULL, NULL
FROM pg_catalog.pg_stat_progress_basebackup AS b
UNION ALL
SELECT
    'transaction',
    pg_catalog.concat_ws(', ', 'process ' || a.pid, NULLIF(a.application_name, ''), a.usename, a.state),
    EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::pg_catalog.float8,
    NULL,
    NULL,
    NULL
FROM pg_catalog.pg_stat_activity AS a
JOIN holding AS h ON h.pid = a.pid
-- Whose transaction ended since its locks were read has none any more.
WHERE a.usesysid IS NOT NULL AND a.state IS DISTINCT FROM 'idle'
UNION ALL
SELECT
    'replica',
    pg_catalog.concat_ws(', ', NULLIF(r.application_name, ''), r.client_addr::pg_catalog.text, r.state),
    CASE
        WHEN r.state IS NULL THEN NULL
        -- Its clock is ahead: since when it is silent cannot be told by it.
        WHEN b.bytes > 0 AND s.seconds < -5 THEN NULL
        -- What it said last of a replica that has fallen silent stays as it was. A replica that has nothing to tell is not behind.
        WHEN b.bytes > 0 AND s.seconds > 5 THEN GREATEST(s.seconds, EXTRACT(epoch FROM r.replay_lag)::pg_catalog.float8)
        -- Everything was replayed: what it said last is forgotten only a while later.
        WHEN b.bytes <= 0 THEN 0
        WHEN r.replay_lag IS NOT NULL THEN EXTRACT(epoch FROM r.replay_lag)::pg_catalog.float8
    END,
    CASE WHEN b.bytes > 0 AND (pg_catalog.abs(s.seconds) > 5 OR r.replay_lag IS NULL) THEN b.bytes::pg_catalog.int8 END,
    r.pid || ' ' || EXTRACT(epoch FROM r.reply_time),
    EXTRACT(epoch FROM r.replay_lag)::pg_catalog.float8
FROM pg_catalog.pg_stat_replication AS r
CROSS JOIN LATERAL (SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), r.replay_lsn) AS bytes) AS b
CROSS JOIN LATERAL (SELECT EXTRACT(epoch FROM pg_catalog.clock_timestamp() - r.reply_time)::pg_catalog.float8 AS seconds) AS s
WHERE r.state IS NULL OR r.state <> 'backup' AND r.replay_lsn IS NOT NULL
UNION ALL
SELECT
    'blocked',
    pg_catalog.concat_ws(', ', 'process ' || a.pid, NULLIF(a.application_name, ''), a.usename),
    EXTRACT(
        epoch FROM pg_catalog.clock_timestamp() - (pg_catalog.to_jsonb(l) OPERATOR(pg_catalog.->>) 'waitstart')::pg_catalog.timestamptz
    )::pg_catalog.float8,
    NULL,
    NULL,
    NULL
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE NOT l.granted AND a.datname = pg_catalog.current_database() AND a.usesysid IS NOT NULL AND l.pid <> pg_catalog.pg_backend_pid()
UNION ALL
-- How many replicas are there that a commit may wait for, and for how many it waits.
SELECT
    'confirming',
    s.names,
    CASE
        WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_stat_replication AS r WHERE r.sync_state IS NULL)
            THEN (
                SELECT pg_catalog.count(*)
                FROM pg_catalog.pg_stat_replication AS r
                WHERE r.state = 'streaming' AND r.sync_state IN ('sync', 'quorum')
            )
    END::pg_catalog.float8,
    COALESCE(
        pg_catalog.substring(pg_catalog.upper(s.names), '^\s*(?:FIRST\s+|ANY\s+)?([0-9]+)\s*\('),
        '1'
    )::pg_catalog.int8,
    NULL,
    NULL
FROM (SELECT pg_catalog.current_setting('synchronous_standby_names') AS names) AS s
WHERE s.names <> '' AND pg_catalog.current_setting('synchronous_commit') NOT IN ('off', 'local')
UNION ALL
SELECT
    'connections',
    NULL,
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a WHERE a.usesysid IS NOT NULL)::pg_catalog.float8,
    pg_catalog.current_setting('max_connections')::pg_catalog.int8
        - pg_catalog.current_setting('superuser_reserved_connections')::pg_catalog.int8
        - COALESCE(pg_catalog.current_setting('reserved_connections', true), '0')::pg_catalog.int8,
    NULL,
    NULL
ORDER BY 1, 2
