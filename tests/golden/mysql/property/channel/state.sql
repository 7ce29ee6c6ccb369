-- expect: channel feed state: stopped -> broken
-- only: channel
-- in place
-- setup, mysql
change replication source to source_host = '127.0.0.1', source_port = 1, source_user = 'x' for channel 'feed';
-- candidate, mysql
start replica for channel 'feed';
-- cleanup, mysql
stop replica for channel 'feed';
reset replica all for channel 'feed';
-- setup, mariadb
change master 'feed' to master_host = '127.0.0.1', master_port = 1, master_user = 'x';
-- candidate, mariadb
start slave 'feed';
-- cleanup, mariadb
stop slave 'feed';
reset slave 'feed' all;
