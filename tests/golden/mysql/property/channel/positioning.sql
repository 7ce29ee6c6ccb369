-- expect: channel feed positioning: file -> gtid
-- only: channel
-- in place
-- setup, mysql
change replication source to source_host = '127.0.0.1', source_port = 1, source_user = 'x' for channel 'feed';
-- candidate, mysql
change replication source to source_auto_position = 1 for channel 'feed';
-- cleanup, mysql
reset replica all for channel 'feed';
-- setup, mariadb
change master 'feed' to master_host = '127.0.0.1', master_port = 1, master_user = 'x', master_use_gtid = no;
-- candidate, mariadb
change master 'feed' to master_use_gtid = slave_pos;
-- cleanup, mariadb
reset slave 'feed' all;
