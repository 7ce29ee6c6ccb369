-- Functions out of libraries belong to the whole server.
-- only on: mysql
-- expect: function mysql.service_get_read_locks extra
-- in place
-- candidate
create function service_get_read_locks returns integer soname 'locking_service.so';
-- cleanup
drop function service_get_read_locks;
