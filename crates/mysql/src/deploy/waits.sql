-- Transactions that wait for a lock of rows. Privileges: PROCESS. Columns: the connection, seconds since it waits. MySQL 8.0+, MariaDB 10.5+.
select cast(t.trx_mysql_thread_id as char) as connection, cast(timestampdiff(second, t.trx_wait_started, now()) as char) as seconds
from information_schema.innodb_trx t
where t.trx_state = 'LOCK WAIT' and t.trx_mysql_thread_id <> 0
order by t.trx_wait_started, t.trx_mysql_thread_id
