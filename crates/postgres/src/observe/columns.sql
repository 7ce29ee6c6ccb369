-- Columns of tables and materialized views: numbers of table and column, schema, table, column.
-- Versions: 13 to 18. Privileges: none. Rows: one a column, by numbers.
SELECT a.attrelid::bigint, a.attnum::bigint, n.nspname, c.relname, a.attname
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'p') AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY a.attrelid, a.attnum
