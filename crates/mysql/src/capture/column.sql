-- Columns of tables and views.
select
    c.table_schema,
    c.table_name,
    c.column_name,
    c.ordinal_position,
    c.column_default,
    c.is_nullable,
    c.column_type,
    c.collation_name,
    c.extra,
    c.generation_expression,
    c.column_comment,
    c.srs_id, -- mysql
    null, -- mariadb
    x.engine_attribute -- mysql
    null -- mariadb
from information_schema.columns c
    left join information_schema.columns_extensions x on x.table_schema = c.table_schema and x.table_name = c.table_name and x.column_name = c.column_name -- mysql
where :own(c.table_schema)
