-- Which transaction last wrote the catalog's row of a thing, and whose it is.
-- Versions: 13 and later. Privileges: none. Parameters: sorts, schemas, names, and parts of what is asked about.
-- Columns: its place among what was asked, the age of the transaction, the owner, when it was committed where the server keeps that.
WITH asked AS (
    SELECT a.place, a.sort, a.of_schema, a.name, a.part
    FROM unnest($1::pg_catalog.text[], $2::pg_catalog.text[], $3::pg_catalog.text[], $4::pg_catalog.text[])
        WITH ORDINALITY AS a (sort, of_schema, name, part, place)
), relations AS (
    SELECT a.place, a.sort, a.part, c.oid, c.xmin AS written, c.relowner AS owner
    FROM asked AS a
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = a.of_schema
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = a.name
), found AS (
    SELECT r.place, r.written, r.owner FROM relations AS r WHERE r.sort = 'relation'
    UNION ALL
    SELECT r.place, t.xmin, r.owner
    FROM relations AS r JOIN pg_catalog.pg_attribute AS t ON t.attrelid = r.oid AND t.attname = r.part
    WHERE r.sort = 'column'
    UNION ALL
    SELECT r.place, t.xmin, r.owner
    FROM relations AS r JOIN pg_catalog.pg_constraint AS t ON t.conrelid = r.oid AND t.conname = r.part
    WHERE r.sort = 'constraint'
    UNION ALL
    SELECT r.place, t.xmin, r.owner
    FROM relations AS r JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = r.oid AND t.tgname = r.part
    WHERE r.sort = 'trigger'
    UNION ALL
    SELECT r.place, t.xmin, r.owner
    FROM relations AS r JOIN pg_catalog.pg_policy AS t ON t.polrelid = r.oid AND t.polname = r.part
    WHERE r.sort = 'policy'
    UNION ALL
    SELECT a.place, p.xmin, p.proowner
    FROM asked AS a
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = a.of_schema
    JOIN pg_catalog.pg_proc AS p ON p.pronamespace = n.oid AND p.proname = a.name
    WHERE a.sort = 'routine'
    UNION ALL
    SELECT a.place, t.xmin, t.typowner
    FROM asked AS a
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = a.of_schema
    JOIN pg_catalog.pg_type AS t ON t.typnamespace = n.oid AND t.typname = a.name
    WHERE a.sort = 'type'
    UNION ALL
    SELECT a.place, n.xmin, n.nspowner
    FROM asked AS a JOIN pg_catalog.pg_namespace AS n ON n.nspname = a.name
    WHERE a.sort = 'schema'
    UNION ALL
    SELECT a.place, e.xmin, e.extowner
    FROM asked AS a JOIN pg_catalog.pg_extension AS e ON e.extname = a.name
    WHERE a.sort = 'extension'
)
SELECT
    found.place::pg_catalog.int8 AS place,
    pg_catalog.age(found.written)::pg_catalog.int8 AS age,
    pg_catalog.pg_get_userbyid(found.owner)::pg_catalog.text AS owner,
    CASE
        WHEN pg_catalog.current_setting('track_commit_timestamp')::pg_catalog.bool
            THEN pg_catalog.to_char(pg_catalog.pg_xact_commit_timestamp(found.written), 'YYYY-MM-DD HH24:MI:SS TZ')
    END AS committed
FROM found
ORDER BY found.place, age
