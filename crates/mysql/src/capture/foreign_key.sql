-- Foreign keys, one row a column.
select
    k.table_schema,
    k.table_name,
    k.constraint_name,
    k.ordinal_position,
    k.column_name,
    k.referenced_table_schema,
    k.referenced_table_name,
    k.referenced_column_name
from information_schema.key_column_usage k
where :own(k.table_schema)
    and k.referenced_table_name is not null
