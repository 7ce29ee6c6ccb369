-- only on: mysql
-- expect: plugin mysql_no_login extra
-- in place
-- candidate
install plugin mysql_no_login soname 'mysql_no_login.so';
-- cleanup
uninstall plugin mysql_no_login;
