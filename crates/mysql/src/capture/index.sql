-- Index parts, without CARDINALITY: it is what makes this view slow.
select
    s.table_schema as _schema,
    s.table_name as _table,
    s.index_name as _name,
    s.seq_in_index as _position,
    s.column_name as _column,
    s.sub_part as _prefix,
    s.collation as _order,
    s.non_unique as _non_unique,
    s.index_type as _method,
    s.comment as _state,
    s.index_comment as _comment,
    s.expression as _expression, -- mysql
    null as _expression, -- mariadb
    s.is_visible = 'YES' as _visible -- mysql
    s.ignored = 'NO' as _visible -- mariadb
from information_schema.statistics s
where :own(s.table_schema)
