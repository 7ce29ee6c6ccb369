-- Volume of tables, by the storage engines' estimates. MySQL: of the moment, as information_schema_stats_expiry is 0 in our
-- session, and nothing is written to the dictionary's cache. Privileges: any on the table.
-- https://dev.mysql.com/doc/refman/en/information-schema-optimization.html
select
    t.table_schema as `schema`,
    t.table_name as `table`,
    t.table_rows as `rows`,
    t.data_length as table_bytes,
    t.index_length as index_bytes,
    t.data_free as free_bytes
from information_schema.tables t
where :own(t.table_schema)
    and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
    and t.engine is not null
