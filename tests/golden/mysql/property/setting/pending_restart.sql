-- expect: setting sort_buffer_size pending_restart: no -> yes
-- only on: mysql
-- in place
-- candidate
set persist_only sort_buffer_size = 1048576;
-- cleanup
reset persist if exists sort_buffer_size;
