-- Distinct keys of indexes: what the storage engine holds for the whole key, which is in the row of its last part. The
-- primary key is the table itself: its size is the table's, its keys are the rows. Privileges: any on the table.
select
    s.table_schema,
    s.table_name,
    s.index_name,
    s.seq_in_index,
    s.cardinality
from information_schema.statistics s
where :own(s.table_schema)
    and s.index_name <> 'PRIMARY'
