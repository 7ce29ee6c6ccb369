-- expect: setting max_error_count value: 64 -> 77
-- in place
-- candidate
set global max_error_count = 77;
-- cleanup
set global max_error_count = default;
