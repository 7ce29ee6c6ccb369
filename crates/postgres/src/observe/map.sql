-- Every relation that is not the server's own: number, schema, name, what it is, file, place, the table it belongs to, scans,
-- whether it is a unique index.
-- Versions: 13 to 18. Privileges: none. Rows: one a relation, by number.
SELECT c.oid::bigint,
       n.nspname,
       c.relname,
       c.relkind,
       pg_catalog.pg_relation_filenode(c.oid)::bigint,
       c.reltablespace::bigint,
       i.indrelid::bigint,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_stat_get_xact_numscans(c.oid) ELSE 0 END,
       COALESCE(i.indisunique OR i.indisexclusion, false)::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY c.oid
