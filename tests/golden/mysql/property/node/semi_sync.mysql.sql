-- only on: mysql
-- expect: node node semi_sync: nothing -> source
-- only: node
-- in place
-- candidate
install plugin rpl_semi_sync_source soname 'semisync_source.so';
set global rpl_semi_sync_source_enabled = 1;
-- cleanup
set global rpl_semi_sync_source_enabled = 0;
uninstall plugin rpl_semi_sync_source;
