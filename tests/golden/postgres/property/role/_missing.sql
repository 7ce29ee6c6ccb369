-- expect: role reader missing
-- in place
-- setup
create role reader;
-- candidate
drop role reader;
