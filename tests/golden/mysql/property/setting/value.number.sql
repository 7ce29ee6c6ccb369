-- expect: setting sort_buffer_size value
-- in place
-- candidate
set global sort_buffer_size = 1048576;
-- cleanup
set global sort_buffer_size = default;
