-- What ANALYZE found in columns. Privileges: MySQL: SELECT on the column, else the row is missing. MariaDB: SELECT on
-- mysql.column_stats and mysql.table_stats; an account without is refused.
-- https://dev.mysql.com/doc/refman/en/optimizer-statistics.html
select
    c.schema_name as _schema, -- mysql
    c.table_name as _table, -- mysql
    c.column_name as _name, -- mysql
    null as _nulls, null as _distinct, null as _least, null as _most, -- mysql
    json_unquote(json_extract(c.histogram, '$."histogram-type"')) as _kind, -- mysql
    c.histogram as _histogram, -- mysql
    timestampdiff(day, left(json_unquote(json_extract(c.histogram, '$."last-updated"')), 19), utc_timestamp()) as _days -- mysql
from information_schema.column_statistics c -- mysql
    c.db_name as _schema, -- mariadb
    c.table_name as _table, -- mariadb
    c.column_name as _name, -- mariadb
    c.nulls_ratio as _nulls, -- mariadb
    t.cardinality * (1 - c.nulls_ratio) / nullif(c.avg_frequency, 0) as _distinct, -- mariadb
    c.min_value as _least, -- mariadb
    c.max_value as _most, -- mariadb
    c.hist_type as _kind, -- mariadb
    case when c.hist_type = 'JSON_HB' then convert(c.histogram using utf8mb4) else hex(c.histogram) end as _histogram, -- mariadb
    null as _days -- mariadb
from mysql.column_stats c -- mariadb
    left join mysql.table_stats t on t.db_name = c.db_name and t.table_name = c.table_name -- mariadb
where :own(c.schema_name) -- mysql
where :own(c.db_name) -- mariadb
