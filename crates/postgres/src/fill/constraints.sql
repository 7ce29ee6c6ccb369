-- What rows have to satisfy: primary keys with their columns; foreign keys with numbers of both tables and their columns and whether
-- they vouch for all rows; checks with their
-- columns and text; columns that exclude each other, are in a unique index (without expressions), or say to which partition a row belongs.
-- Versions: 13 to 18. Privileges: none. Rows: one a constraint or index, by table.
SELECT c.contype::text,
       c.conrelid::bigint,
       pg_catalog.array_to_string(c.conkey, ' '),
       c.confrelid::bigint,
       COALESCE(pg_catalog.array_to_string(c.confkey, ' '), ''),
       CASE c.contype WHEN 'c' THEN pg_catalog.pg_get_constraintdef(c.oid) WHEN 'f' THEN c.convalidated::text ELSE '' END
FROM pg_catalog.pg_constraint AS c
WHERE c.contype IN ('p', 'f', 'c', 'x') AND c.conrelid <> 0
UNION ALL
SELECT 'u', i.indrelid::bigint, pg_catalog.array_to_string(i.indkey::smallint[], ' '), 0, '', ''
FROM pg_catalog.pg_index AS i
WHERE i.indisunique
UNION ALL
SELECT 'k', p.partrelid::bigint, pg_catalog.array_to_string(p.partattrs::smallint[], ' '), 0, '', ''
FROM pg_catalog.pg_partitioned_table AS p
ORDER BY 2, 1, 3, 4, 5
