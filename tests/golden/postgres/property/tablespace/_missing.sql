-- expect: tablespace faster extra
-- with: 1 owner
-- in place
-- candidate, separately
create tablespace faster location '';
-- cleanup
drop tablespace faster;
