-- What rows have to satisfy: primary keys with their columns; foreign keys with numbers of both tables and their columns; checks with their columns and text.
-- Versions: 13 to 18. Privileges: none. Rows: one a constraint, by number.
SELECT c.contype,
       c.conrelid::bigint,
       pg_catalog.array_to_string(c.conkey, ' '),
       c.confrelid::bigint,
       pg_catalog.array_to_string(c.confkey, ' '),
       CASE WHEN c.contype = 'c' THEN pg_catalog.pg_get_constraintdef(c.oid) ELSE '' END
FROM pg_catalog.pg_constraint AS c
WHERE c.contype IN ('p', 'f', 'c') AND c.conrelid <> 0
ORDER BY c.oid
