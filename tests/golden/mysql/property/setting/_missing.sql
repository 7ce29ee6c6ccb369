-- A component or plugin that is loaded brings its settings along.
-- only on: mysql
-- expect: setting "validate_password.check_user_name" extra
-- implies: plugin component_validate_password extra
-- implies: setting "validate_password.changed_characters_percentage" extra
-- implies: setting "validate_password.dictionary_file" extra
-- implies: setting "validate_password.length" extra
-- implies: setting "validate_password.mixed_case_count" extra
-- implies: setting "validate_password.number_count" extra
-- implies: setting "validate_password.policy" extra
-- implies: setting "validate_password.special_char_count" extra
-- in place
-- candidate
install component 'file://component_validate_password';
-- cleanup
uninstall component 'file://component_validate_password';
