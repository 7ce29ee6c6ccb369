-- Whose numbers of transactions are given out now: which start of the server, and in which database.
-- Versions: 13 to 18. Privileges: none; when the checkpointer was started, which a crash changes too, is seen by pg_read_all_stats.
SELECT pg_catalog.concat_ws(
    '/',
    (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()),
    EXTRACT(epoch FROM pg_catalog.pg_postmaster_start_time())::pg_catalog.text,
    (SELECT EXTRACT(epoch FROM a.backend_start)::pg_catalog.text FROM pg_catalog.pg_stat_activity AS a WHERE a.backend_type = 'checkpointer')
)
