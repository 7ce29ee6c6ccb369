-- expect: role reader inherit: yes -> no
-- in place
-- setup
create role reader;
-- candidate
alter role reader noinherit;
