-- When InnoDB last computed the persistent statistics of a table, days ago; one row a partition.
-- Privileges: SELECT on mysql.innodb_table_stats.
-- https://dev.mysql.com/doc/refman/en/innodb-persistent-stats.html
select s.database_name, s.table_name, timestampdiff(day, s.last_update, current_timestamp)
from mysql.innodb_table_stats s
where :own(s.database_name)
