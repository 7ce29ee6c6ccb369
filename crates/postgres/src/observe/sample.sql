-- What a session, by its number, holds and waits for: sort of lock, mode, number or name, whether it is granted.
-- Versions: 13 to 18. Privileges: none. Rows: one a lock of it that is no number of a transaction.
SELECT l.locktype,
       l.mode,
       CASE l.locktype
           WHEN 'relation' THEN l.relation::text
           WHEN 'advisory' THEN pg_catalog.concat_ws(' ', l.classid::text, l.objid::text)
           ELSE ''
       END,
       l.granted
FROM pg_catalog.pg_locks AS l
WHERE l.pid = {session}
  AND (l.locktype IN ('relation', 'advisory') OR NOT l.granted)
