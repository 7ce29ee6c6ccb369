-- This session, and how many of its advisory locks it holds. Versions: 13 and later. Privileges: none.
-- Columns: the process, the number of locks.
SELECT pg_catalog.pg_backend_pid()::pg_catalog.text, pg_catalog.count(DISTINCT wanted.key)::pg_catalog.text
FROM (VALUES {keys}) AS wanted (key)
JOIN pg_catalog.pg_locks AS lock ON ((lock.classid::pg_catalog.int8 << 32) | lock.objid::pg_catalog.int8) = wanted.key
WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1 AND lock.pid = pg_catalog.pg_backend_pid()
