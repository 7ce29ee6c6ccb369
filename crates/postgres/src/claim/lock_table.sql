-- The table in which a migration tool keeps its lock: named after the one that it records in, or as usual.
-- Versions: 13 and later. Privileges: none. Columns: its name.
SELECT class.relname
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname = {schema} AND class.relkind IN ('r', 'p')
    AND (class.relname = {named} OR pg_catalog.lower(class.relname) = {usual})
ORDER BY class.relname <> {named}, class.relname
LIMIT 1
