-- Sessions that wait for rows of one. Privileges: PROCESS, SELECT on performance_schema. Columns: the connection, seconds, the account. MySQL 8.0+.
select r.processlist_id, timestampdiff(second, t.trx_wait_started, now()), r.processlist_user
from performance_schema.data_lock_waits w
    join performance_schema.threads b on b.thread_id = w.blocking_thread_id
    join performance_schema.threads r on r.thread_id = w.requesting_thread_id
    left join information_schema.innodb_trx t on t.trx_mysql_thread_id = r.processlist_id
where b.processlist_id = {session}
order by 1
