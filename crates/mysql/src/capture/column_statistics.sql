-- What ANALYZE found in columns. Privileges: MySQL: SELECT on the column, else the row is missing. MariaDB: SELECT on
-- mysql.column_stats and mysql.table_stats; an account without is refused.
-- https://dev.mysql.com/doc/refman/en/optimizer-statistics.html
select
    c.schema_name, -- mysql
    c.table_name, -- mysql
    c.column_name, -- mysql
    null, null, null, null, -- mysql
    json_unquote(json_extract(c.histogram, '$."histogram-type"')), -- mysql
    c.histogram, -- mysql
    timestampdiff(day, left(json_unquote(json_extract(c.histogram, '$."last-updated"')), 19), utc_timestamp()) -- mysql
from information_schema.column_statistics c -- mysql
    c.db_name, -- mariadb
    c.table_name, -- mariadb
    c.column_name, -- mariadb
    c.nulls_ratio, -- mariadb
    t.cardinality * (1 - c.nulls_ratio) / nullif(c.avg_frequency, 0), -- mariadb
    c.min_value, -- mariadb
    c.max_value, -- mariadb
    c.hist_type, -- mariadb
    case when c.hist_type = 'JSON_HB' then convert(c.histogram using utf8mb4) else hex(c.histogram) end, -- mariadb
    null -- mariadb
from mysql.column_stats c -- mariadb
    left join mysql.table_stats t on t.db_name = c.db_name and t.table_name = c.table_name -- mariadb
where :own(c.schema_name) -- mysql
where :own(c.db_name) -- mariadb
