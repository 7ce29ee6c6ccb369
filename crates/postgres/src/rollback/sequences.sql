-- Where sequences stand: schema, name, position; NULL where the role may not see it, or nothing was ever drawn.
-- Versions: 13 to 18. Privileges: USAGE or SELECT on each sequence, or pg_read_all_data. Rows: one a sequence, by name.
SELECT s.schemaname, s.sequencename,
       CASE WHEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT,USAGE') THEN COALESCE(s.last_value::text, 'not used') END
FROM pg_catalog.pg_sequences AS s
JOIN pg_catalog.pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.sequencename
ORDER BY s.schemaname, s.sequencename
