-- Columns of them that somebody writes: what the server works out by itself (generated columns, bounds of versions) is left out.
-- Privileges: any on the column, else the row is missing. Columns: table, column, type, character set. MySQL 8.0+, MariaDB 10.6+.
select c.table_name, c.column_name, c.data_type, c.character_set_name
from information_schema.columns c
where c.table_schema = database() and coalesce(c.generation_expression, '') = ''
order by c.table_name, c.ordinal_position
