-- Transactions that are open in InnoDB. Privileges: PROCESS. Columns: the connection, seconds since it began. MySQL 8.0+, MariaDB 10.5+.
select cast(t.trx_mysql_thread_id as char) as connection, cast(timestampdiff(second, t.trx_started, now()) as char) as seconds
from information_schema.innodb_trx t
where t.trx_mysql_thread_id <> 0
order by t.trx_started, t.trx_mysql_thread_id
