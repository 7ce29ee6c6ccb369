-- expect: role reader login: no -> yes
-- in place
-- setup
create role reader;
-- candidate
alter role reader login;
