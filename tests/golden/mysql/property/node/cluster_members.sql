-- A replication group of one member.
-- only on: mysql
-- expect: node node cluster_members: nothing -> 1
-- implies: node node cluster: nothing -> group replication
-- only: node
-- in place
-- candidate
install plugin group_replication soname 'group_replication.so';
set global group_replication_group_name = 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa';
set global group_replication_local_address = concat('127.0.0.1:', @@global.port + 1);
set global group_replication_bootstrap_group = on;
start group_replication;
-- cleanup
stop group_replication;
uninstall plugin group_replication;
set global super_read_only = 0;
set global read_only = 0;
