-- Switches of replication, by whichever of their names the server has. Privileges: none.
SHOW GLOBAL VARIABLES WHERE Variable_name IN (
    'rpl_semi_sync_source_enabled', 'rpl_semi_sync_master_enabled',
    'rpl_semi_sync_replica_enabled', 'rpl_semi_sync_slave_enabled',
    'replica_parallel_workers', 'slave_parallel_workers', 'slave_parallel_threads',
    'wsrep_on'
)
