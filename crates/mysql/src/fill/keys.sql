-- Foreign keys between tables of the current database, column by column.
-- Privileges: any on the tables. Columns: table, name, column, table and column that it refers to. MySQL 8.0+, MariaDB 10.6+.
select k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name
from information_schema.key_column_usage k
where k.table_schema = database() and k.referenced_table_schema = database()
order by k.table_name, k.constraint_name, k.ordinal_position
