-- Columns of tables and views.
select
    c.table_schema as _schema,
    c.table_name as _table,
    c.column_name as _name,
    c.ordinal_position as _position,
    c.column_default as _default,
    c.is_nullable as _nullable,
    c.column_type as _typ,
    c.collation_name as _collation,
    c.extra as _extra,
    c.generation_expression as _generated,
    c.column_comment as _comment,
    c.srs_id as _srid, -- mysql
    null as _srid, -- mariadb
    x.engine_attribute as _attribute -- mysql
    null as _attribute -- mariadb
from information_schema.columns c
    left join information_schema.columns_extensions x on x.table_schema = c.table_schema and x.table_name = c.table_name and x.column_name = c.column_name -- mysql
where :own(c.table_schema)
