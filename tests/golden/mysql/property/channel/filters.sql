-- expect: channel feed filters: nothing -> ignore table: x.t
-- only: channel
-- in place
-- setup, mysql
change replication source to source_host = '127.0.0.1', source_port = 1, source_user = 'x' for channel 'feed';
-- candidate, mysql
change replication filter replicate_ignore_table = (x.t) for channel 'feed';
-- cleanup, mysql
change replication filter replicate_ignore_table = () for channel 'feed';
reset replica all for channel 'feed';
-- setup, mariadb
change master 'feed' to master_host = '127.0.0.1', master_port = 1, master_user = 'x';
-- candidate, mariadb
set global feed.replicate_ignore_table = 'x.t';
-- cleanup, mariadb
set global feed.replicate_ignore_table = '';
reset slave 'feed' all;
