-- Partitions, a row for each subpartition where there are such. Nothing about their sizes: that would open them.
select
    p.table_schema as _schema,
    p.table_name as _table,
    p.partition_name as _name,
    p.subpartition_name as _subpartition,
    p.partition_ordinal_position as _position,
    p.subpartition_ordinal_position as _subposition,
    p.partition_method as _method,
    p.subpartition_method as _submethod,
    p.partition_expression as _expression,
    p.subpartition_expression as _subexpression,
    p.partition_description as _values,
    nullif(p.partition_comment, '') as _comment
from information_schema.partitions p
where :own(p.table_schema)
    and p.partition_name is not null
