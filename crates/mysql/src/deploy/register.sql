-- How a table of evenkeel's own is made, as it is there.
-- MySQL 8.0+, MariaDB 10.5+. Needs no privilege but on the table. Columns: one text a column.
select concat_ws(' ', column_name, replace(column_type, '(20)', ''), column_key, extra, is_nullable, coalesce(column_default, 'NULL'))
from information_schema.columns
where table_schema = database() and table_name = {table}
order by ordinal_position
