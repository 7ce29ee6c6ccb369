-- Columns of tables, and which of them are the primary key's, in its order: read where reference tables are named. Privileges: any
-- privilege on the column, else the row is missing. https://dev.mysql.com/doc/refman/en/information-schema-columns-table.html
select
    c.table_schema as _schema,
    c.table_name as _table,
    c.column_name as _name,
    c.data_type as _typ,
    c.character_set_name as _charset,
    s.seq_in_index as _place
from information_schema.columns c
    join information_schema.tables t
        on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
    left join information_schema.statistics s
        on s.table_schema = c.table_schema and s.table_name = c.table_name and s.column_name = c.column_name and s.index_name = 'PRIMARY'
where :own(c.table_schema)
order by c.table_schema, c.table_name, c.ordinal_position
