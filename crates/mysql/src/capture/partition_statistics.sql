-- Volume of partitions. Privileges: any on the table.
select
    p.table_schema,
    p.table_name,
    coalesce(p.subpartition_name, p.partition_name),
    p.table_rows,
    p.data_length + p.index_length
from information_schema.partitions p
where :own(p.table_schema)
    and p.partition_name is not null
order by p.table_schema, p.table_name, p.partition_ordinal_position, p.subpartition_ordinal_position
