-- expect: membership reader.app_user inherit: yes -> no
-- in place
-- setup
create role reader;
create role app_user;
grant reader to app_user;
-- candidate
grant reader to app_user with inherit false;
