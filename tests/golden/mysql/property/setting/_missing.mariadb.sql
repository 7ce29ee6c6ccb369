-- A plugin that is loaded brings its settings along.
-- only on: mariadb since 11.8
-- expect: setting simple_password_check_digits extra
-- in place
-- candidate
install soname 'simple_password_check';
-- cleanup
uninstall soname 'simple_password_check';
