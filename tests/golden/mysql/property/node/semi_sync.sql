-- only on: mariadb
-- expect: node node semi_sync: nothing -> source
-- only: node
-- in place
-- candidate
set global rpl_semi_sync_master_enabled = 1;
-- cleanup
set global rpl_semi_sync_master_enabled = 0;
