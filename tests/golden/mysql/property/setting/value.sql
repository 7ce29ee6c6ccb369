-- expect: setting max_error_count value
-- in place
-- candidate
set global max_error_count = 77;
-- cleanup
set global max_error_count = default;
