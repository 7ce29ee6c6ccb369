-- Size of InnoDB's indexes when their statistics were computed; one row a partition. Privileges: SELECT on
-- mysql.innodb_index_stats. https://dev.mysql.com/doc/refman/en/innodb-persistent-stats.html
select s.database_name, s.table_name, s.index_name, s.stat_value * @@global.innodb_page_size
from mysql.innodb_index_stats s
where :own(s.database_name)
    and s.stat_name = 'size'
    and s.index_name not in ('PRIMARY', 'GEN_CLUST_INDEX')
