-- A library that is loaded brings its settings along.
-- expect: setting "auth_delay.milliseconds" extra
-- implies: setting session_preload_libraries value
-- implies: override every role.this database.session_preload_libraries extra
-- candidate
alter database :"DBNAME" set session_preload_libraries = 'auth_delay';
