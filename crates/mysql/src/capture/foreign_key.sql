-- Foreign keys, one row a column.
select
    k.table_schema as _schema,
    k.table_name as _table,
    k.constraint_name as _name,
    k.ordinal_position as _position,
    k.column_name as _column,
    k.referenced_table_schema as _to_schema,
    k.referenced_table_name as _to_table,
    k.referenced_column_name as _to_column
from information_schema.key_column_usage k
where :own(k.table_schema)
    and k.referenced_table_name is not null
