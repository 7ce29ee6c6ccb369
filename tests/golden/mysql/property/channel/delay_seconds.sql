-- Nothing is there to follow, so it stands on both sides.
-- expect: channel feed delay_seconds: 0 -> 600
-- only: channel
-- in place
-- setup, mysql
change replication source to source_host = '127.0.0.1', source_port = 1, source_user = 'x' for channel 'feed';
-- candidate, mysql
change replication source to source_delay = 600 for channel 'feed';
-- cleanup, mysql
reset replica all for channel 'feed';
-- setup, mariadb
change master 'feed' to master_host = '127.0.0.1', master_port = 1, master_user = 'x';
-- candidate, mariadb
change master 'feed' to master_delay = 600;
-- cleanup, mariadb
reset slave 'feed' all;
