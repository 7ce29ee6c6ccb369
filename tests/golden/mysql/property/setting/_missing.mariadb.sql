-- A plugin that is loaded brings its settings along.
-- only on: mariadb since 11.8
-- expect: setting simple_password_check_digits extra
-- implies: plugin simple_password_check extra
-- implies: setting simple_password_check_letters_same_case extra
-- implies: setting simple_password_check_minimal_length extra
-- implies: setting simple_password_check_other_characters extra
-- in place
-- candidate
install soname 'simple_password_check';
-- cleanup
uninstall soname 'simple_password_check';
