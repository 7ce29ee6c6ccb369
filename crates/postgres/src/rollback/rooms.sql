-- The room of tables and materialized views: schema, name, bytes with indexes and large values, bytes without indexes, estimate of rows. It waits for locks.
-- Versions: 13 to 18. Privileges: none. Rows: one each that is there, by name.
SELECT n.nspname,
       c.relname,
       pg_catalog.pg_total_relation_size(c.oid)::text,
       pg_catalog.pg_table_size(c.oid)::text,
       c.reltuples::bigint::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN unnest({schemas}::text[], {names}::text[]) AS w (schema, name) ON n.nspname = w.schema AND c.relname = w.name
WHERE c.relkind IN ('r', 'm', 'p')
ORDER BY n.nspname, c.relname
