-- Index parts, without CARDINALITY: it is what makes this view slow.
select
    s.table_schema,
    s.table_name,
    s.index_name,
    s.seq_in_index,
    s.column_name,
    s.sub_part,
    s.collation,
    s.non_unique,
    s.index_type,
    s.comment,
    s.index_comment,
    s.expression, -- mysql
    null, -- mariadb
    s.is_visible = 'YES' -- mysql
    s.ignored = 'NO' -- mariadb
from information_schema.statistics s
where :own(s.table_schema)
