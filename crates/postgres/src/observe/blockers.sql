-- Who keeps a session, by its number, waiting: their numbers and what they call themselves.
-- Versions: 13 to 18. Privileges: none. Rows: one a session, by number.
SELECT b.pid::text, a.application_name
FROM (SELECT DISTINCT unnest(pg_catalog.pg_blocking_pids({session})) AS pid) AS b
LEFT JOIN LATERAL pg_catalog.pg_stat_get_activity(b.pid) AS a ON b.pid > 0
ORDER BY b.pid
