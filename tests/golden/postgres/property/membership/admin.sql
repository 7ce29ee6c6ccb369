-- expect: membership reader.app_user admin: no -> yes
-- in place
-- setup
create role reader;
create role app_user;
grant reader to app_user;
-- candidate
grant reader to app_user with admin option;
