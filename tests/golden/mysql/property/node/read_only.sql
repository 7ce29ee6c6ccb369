-- expect: node node read_only: no -> yes
-- implies: setting read_only value
-- in place
-- candidate
set global read_only = 1;
-- cleanup
set global read_only = 0;
