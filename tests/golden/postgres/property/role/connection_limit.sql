-- expect: role reader connection_limit: -1 -> 5
-- in place
-- setup
create role reader;
-- candidate
alter role reader connection limit 5;
