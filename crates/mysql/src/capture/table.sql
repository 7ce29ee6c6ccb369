-- Tables and sequences with their options; views are read apart. Nothing that opens a table's data: no counts, no sizes.
select
    t.table_schema as _schema,
    t.table_name as _name,
    t.table_type as _kind,
    t.engine as _engine,
    t.row_format as _row_format,
    t.table_collation as _collation,
    t.create_options as _options,
    t.table_comment as _comment
from information_schema.tables t
where :own(t.table_schema)
    and t.table_type <> 'VIEW'
