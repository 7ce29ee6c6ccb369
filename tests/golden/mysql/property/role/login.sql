-- expect: role reader login: no -> yes
-- in place
-- setup
create role reader;
-- candidate
drop role reader;
create user reader;
