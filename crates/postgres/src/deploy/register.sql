-- A table of evenkeel's own in this database, as it is made, and whether the role may read it.
-- Versions: all. Privileges: none.
SELECT c.relkind::pg_catalog.text AS kind,
       c.relrowsecurity OR c.relhasrules OR c.relhassubclass AS is_odd,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND (c.relkind <> 'r' OR pg_catalog.has_table_privilege(c.oid, 'SELECT')) AS may,
       ARRAY(
         SELECT a.attname::pg_catalog.text
         FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'pg_catalog.text'::pg_catalog.regtype
         ORDER BY a.attnum
       ) AS columns,
       c.relnatts::pg_catalog.int4 AS count
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2;
