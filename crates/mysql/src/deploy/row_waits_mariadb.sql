-- Sessions that wait for rows of one. Privileges: PROCESS. Columns: the connection, seconds, the account. MariaDB 10.5+.
select r.trx_mysql_thread_id, timestampdiff(second, r.trx_wait_started, now()), p.user
from information_schema.innodb_lock_waits w
    join information_schema.innodb_trx b on b.trx_id = w.blocking_trx_id
    join information_schema.innodb_trx r on r.trx_id = w.requesting_trx_id
    left join information_schema.processlist p on p.id = r.trx_mysql_thread_id
where b.trx_mysql_thread_id = {session}
order by 1
