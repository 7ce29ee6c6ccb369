-- A component or plugin that is loaded brings its settings along.
-- only on: mysql
-- expect: setting "validate_password.check_user_name" extra
-- in place
-- candidate
install component 'file://component_validate_password';
-- cleanup
uninstall component 'file://component_validate_password';
