-- Distinct keys of indexes: what the storage engine holds for the whole key, which is in the row of its last part. The
-- primary key is the table itself: its size is the table's, its keys are the rows. Privileges: any on the table.
select
    s.table_schema as _schema,
    s.table_name as _table,
    s.index_name as _name,
    s.seq_in_index as _position,
    s.cardinality as _cardinality
from information_schema.statistics s
where :own(s.table_schema)
    and s.index_name <> 'PRIMARY'
