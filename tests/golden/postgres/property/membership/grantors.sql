-- expect: membership reader.app_user grantors
-- in place
-- since: 16
-- setup
create role reader;
create role app_user;
create role chief;
grant reader to chief with admin option;
grant reader to app_user;
-- candidate
set session authorization chief;
grant reader to app_user;
set session authorization maker;
