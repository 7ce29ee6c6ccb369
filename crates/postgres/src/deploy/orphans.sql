-- The query that counts rows of a table whose foreign key finds no row: MATCH SIMPLE lets a row pass of which any part is NULL.
-- Versions: 13 to 18. Privileges: none; the query needs SELECT on both tables. Parameters: schema, table, name of the constraint.
SELECT pg_catalog.format(
    'SELECT pg_catalog.count(*) FROM %I.%I AS child WHERE %s AND NOT EXISTS (SELECT FROM %I.%I AS parent WHERE %s)',
    child_schema.nspname,
    child.relname,
    (
        SELECT pg_catalog.string_agg(pg_catalog.format('child.%I IS NOT NULL', a.attname), ' AND ' ORDER BY k.place)
        FROM pg_catalog.unnest(key.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = key.conrelid AND a.attnum = k.number
    ),
    parent_schema.nspname,
    parent.relname,
    (
        SELECT pg_catalog.string_agg(pg_catalog.format('parent.%I = child.%I', b.attname, a.attname), ' AND ' ORDER BY k.place)
        FROM ROWS FROM (pg_catalog.unnest(key.conkey), pg_catalog.unnest(key.confkey)) WITH ORDINALITY AS k (number, other, place)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = key.conrelid AND a.attnum = k.number
        JOIN pg_catalog.pg_attribute AS b ON b.attrelid = key.confrelid AND b.attnum = k.other
    )
)
FROM pg_catalog.pg_constraint AS key
JOIN pg_catalog.pg_class AS child ON child.oid = key.conrelid
JOIN pg_catalog.pg_namespace AS child_schema ON child_schema.oid = child.relnamespace
JOIN pg_catalog.pg_class AS parent ON parent.oid = key.confrelid
JOIN pg_catalog.pg_namespace AS parent_schema ON parent_schema.oid = parent.relnamespace
WHERE key.contype = 'f' AND child_schema.nspname = $1 AND child.relname = $2 AND key.conname = $3
