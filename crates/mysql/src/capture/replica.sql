-- Threads that send the binary log to a replica, or to whoever else reads it. Privileges: PROCESS, else only our own are shown.
select p.state, p.time
from performance_schema.processlist p -- mysql
from information_schema.processlist p -- mariadb
where p.command in ('Binlog Dump', 'Binlog Dump GTID')
order by p.id
