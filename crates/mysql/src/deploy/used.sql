-- How often rows of a table were read and written since the server began to count: at its start, or when somebody began anew.
-- MySQL 8.0+, MariaDB 10.5+. Privileges: SELECT on performance_schema. Columns: reads, writes, whether it counts, when the server was started
-- (both times are cut to whole seconds, so that what they say is up to a second early: the later second is the safe one).
select t.count_read, t.count_write, @@performance_schema,
    date_format(utc_timestamp() - interval (
        select variable_value from performance_schema.global_status where variable_name = 'UPTIME'
    ) second + interval 1 second, '%Y-%m-%dT%H:%i:%sZ')
from performance_schema.table_io_waits_summary_by_table t
where t.object_type = 'TABLE' and t.object_schema = database() and t.object_name = {table}
