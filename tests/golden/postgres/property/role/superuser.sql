-- expect: role reader superuser: no -> yes
-- in place
-- setup
create role reader;
-- candidate
alter role reader superuser;
