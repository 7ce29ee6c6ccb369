-- What a session, by its number, holds and waits for: sort of lock, mode, number or name, whether it is granted. And who waits for it,
-- straight or behind others: sort of lock with `waiter ` before it, session, number or name, milliseconds, what it calls itself. Who
-- waits for the end of a transaction because of a row holds the row's place: then the number is that of its table.
-- Where it writes a relation anew outside of a transaction the server shows that: `rewriting`, its word, the number.
-- Versions: 13 to 18; since when a session waits is told from 14 on. Privileges: none. Rows: one a lock of it that is no number of a
-- transaction, one a session that waits.
WITH RECURSIVE waiting AS (
    SELECT DISTINCT l.pid, pg_catalog.pg_blocking_pids(l.pid) AS blockers
    FROM pg_catalog.pg_locks AS l
    WHERE NOT l.granted AND l.pid <> {session}
),
behind AS (
    SELECT w.pid FROM waiting AS w WHERE {session} = ANY (w.blockers)
    UNION
    SELECT w.pid FROM waiting AS w JOIN behind AS b ON b.pid = ANY (w.blockers)
)
SELECT l.locktype,
       l.mode,
       CASE l.locktype
           WHEN 'relation' THEN l.relation::text
           WHEN 'advisory' THEN pg_catalog.concat_ws(' ', l.classid::text, l.objid::text)
           ELSE ''
       END,
       l.granted::text,
       NULL
FROM pg_catalog.pg_locks AS l
WHERE l.pid = {session}
  AND (l.locktype IN ('relation', 'advisory') OR NOT l.granted)
UNION ALL
SELECT 'waiter ' || l.locktype,
       l.pid::text,
       CASE l.locktype
           WHEN 'relation' THEN l.relation::text
           WHEN 'tuple' THEN l.relation::text
           WHEN 'advisory' THEN pg_catalog.concat_ws(' ', l.classid::text, l.objid::text)
           WHEN 'transactionid' THEN COALESCE((
               SELECT t.relation::text FROM pg_catalog.pg_locks AS t
               WHERE t.pid = l.pid AND t.locktype = 'tuple' AND t.granted LIMIT 1), '')
           ELSE ''
       END,
       (extract(epoch FROM pg_catalog.clock_timestamp() - (pg_catalog.to_jsonb(l) ->> 'waitstart')::timestamptz) * 1000)::text,
       (SELECT a.application_name FROM pg_catalog.pg_stat_get_activity(l.pid) AS a)
FROM pg_catalog.pg_locks AS l
JOIN behind AS b ON b.pid = l.pid
WHERE NOT l.granted
UNION ALL
SELECT 'rewriting',
       CASE p.param1 WHEN 1 THEN 'cluster' WHEN 2 THEN 'vacuum-full' ELSE '' END,
       p.relid::text,
       NULL,
       NULL
FROM pg_catalog.pg_stat_get_progress_info('CLUSTER') AS p
WHERE p.pid = {session} AND p.relid <> 0
