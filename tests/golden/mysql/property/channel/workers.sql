-- expect: channel feed workers
-- only: channel
-- in place
-- setup, mysql
set global replica_parallel_workers = 2;
change replication source to source_host = '127.0.0.1', source_port = 1, source_user = 'x' for channel 'feed';
-- candidate, mysql
set global replica_parallel_workers = 3;
-- cleanup, mysql
reset replica all for channel 'feed';
set global replica_parallel_workers = default;
-- setup, mariadb
change master 'feed' to master_host = '127.0.0.1', master_port = 1, master_user = 'x';
-- candidate, mariadb
set global slave_parallel_threads = 3;
-- cleanup, mariadb
reset slave 'feed' all;
set global slave_parallel_threads = default;
