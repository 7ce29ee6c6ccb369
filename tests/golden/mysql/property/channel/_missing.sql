-- The server becomes a replica of one that is not there.
-- expect: channel feed extra
-- implies: channel feed state
-- only: channel
-- in place
-- candidate, mysql
change replication source to source_host = '127.0.0.1', source_port = 1, source_user = 'x' for channel 'feed';
-- cleanup, mysql
reset replica all for channel 'feed';
-- candidate, mariadb
change master 'feed' to master_host = '127.0.0.1', master_port = 1, master_user = 'x';
-- cleanup, mariadb
reset slave 'feed' all;
