-- What this session holds: sort of lock, mode, its number or name, and of relations the columns of map.sql from the schema on; first of
-- all what `explain.sql` has the server say of relations that were written anew, and how far the log is; the transaction that it is in
-- stands as `virtualxid`.
-- Versions: 13 to 18. Privileges: none. Rows: one a lock.
SELECT 'log', COALESCE(pg_catalog.current_setting('evenkeel.rewritten', true), ''),
       pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::text,
       NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text
UNION ALL
SELECT l.locktype,
       l.mode,
       CASE l.locktype
           WHEN 'relation' THEN l.relation::text
           WHEN 'virtualxid' THEN l.virtualxid
           WHEN 'advisory' THEN pg_catalog.concat_ws(' ', l.classid::text, l.objid::text)
           WHEN 'object' THEN COALESCE(t.typname, s.nspname, p.proname, l.classid::regclass::text || ' ' || l.objid::text)
           ELSE ''
       END,
       n.nspname::text,
       c.relname::text,
       c.relkind::text,
       pg_catalog.pg_relation_filenode(c.oid)::text,
       c.reltablespace::text,
       i.indrelid::text,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_stat_get_xact_numscans(c.oid) ELSE 0 END::text,
       COALESCE(i.indisunique OR i.indisexclusion, false)::text
FROM pg_catalog.pg_locks AS l
LEFT JOIN pg_catalog.pg_class AS c ON l.locktype = 'relation' AND c.oid = l.relation
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_type AS t ON l.locktype = 'object' AND l.classid = 'pg_catalog.pg_type'::regclass AND t.oid = l.objid
LEFT JOIN pg_catalog.pg_namespace AS s ON l.locktype = 'object' AND l.classid = 'pg_catalog.pg_namespace'::regclass AND s.oid = l.objid
LEFT JOIN pg_catalog.pg_proc AS p ON l.locktype = 'object' AND l.classid = 'pg_catalog.pg_proc'::regclass AND p.oid = l.objid
WHERE l.pid = pg_catalog.pg_backend_pid()
  AND l.granted
  AND l.locktype <> 'transactionid'
  AND (l.locktype <> 'virtualxid' OR l.virtualxid = l.virtualtransaction)
  AND (n.nspname IS NULL OR n.nspname NOT IN ('pg_catalog', 'information_schema'))
