-- What a foreign key of the current database refers to, column by column: a row passes of which any part is NULL.
-- Privileges: any on the table. Columns: the column, schema, table and column that it refers to. MySQL 8.0+, MariaDB 10.5+.
select k.column_name, k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name
from information_schema.key_column_usage k
where k.constraint_schema = database() and k.table_schema = database() and k.table_name = {table} and k.constraint_name = {name}
    and k.referenced_table_name is not null
order by k.ordinal_position
