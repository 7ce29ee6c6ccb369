-- Columns that rows are made for: numbers of table and column, schema, table, column, type (below domains), its category, sort, length and
-- name, the type of its elements, whether it is an identity, what the table is, whether it is never NULL.
-- Versions: 13 to 18. Privileges: none. Rows: one a column, by numbers.
SELECT c.oid::bigint,
       a.attnum::bigint,
       n.nspname,
       c.relname,
       a.attname,
       pg_catalog.format_type(COALESCE(NULLIF(t.typbasetype, 0), t.oid), NULL),
       b.typcategory,
       b.typtype,
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
       b.typname,
       CASE WHEN b.typelem <> 0 AND b.typlen = -1 THEN pg_catalog.format_type(b.typelem, NULL) END,
       CASE WHEN b.typelem <> 0 AND b.typlen = -1 THEN e.typname END,
       e.typtype,
       a.attidentity,
       c.relkind,
       a.attnotnull::text
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
JOIN pg_catalog.pg_type AS b ON b.oid = COALESCE(NULLIF(t.typbasetype, 0), t.oid)
LEFT JOIN pg_catalog.pg_type AS e ON e.oid = b.typelem
WHERE c.relkind IN ('r', 'p')
  AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend AS d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
ORDER BY c.oid, a.attnum
