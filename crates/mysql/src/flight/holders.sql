-- Who holds definitions of the current database that another waits for. Privileges: SELECT on performance_schema.
-- Columns: the connection, the account, seconds since it began what it does, the table. MySQL 8.0+; MariaDB 10.5+ where its performance
-- schema is on.
select distinct thread.processlist_id, thread.processlist_user, thread.processlist_time, held.object_name
from performance_schema.metadata_locks wanted
join performance_schema.metadata_locks held
    on held.object_type = wanted.object_type and held.object_schema = wanted.object_schema and held.object_name = wanted.object_name
    and held.owner_thread_id <> wanted.owner_thread_id
join performance_schema.threads thread on thread.thread_id = held.owner_thread_id
where wanted.lock_status = 'PENDING' and held.lock_status = 'GRANTED'
    and wanted.object_type = 'TABLE' and wanted.object_schema = database()
order by 1, 4
limit 20
