-- The table in which a migration tool keeps its lock: named after the one that it records in, or as usual.
-- MySQL 8.0+, MariaDB 10.5+. Needs no privilege but on the table. Columns: its name.
SELECT t.table_name
FROM information_schema.tables t
WHERE t.table_schema = database() AND t.table_type = 'BASE TABLE' AND (t.table_name = {named} OR lower(t.table_name) = {usual})
ORDER BY t.table_name <> {named}, t.table_name
LIMIT 1
