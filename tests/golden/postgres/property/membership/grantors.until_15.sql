-- Before 16 the last one counts.
-- expect: membership reader.app_user grantors
-- in place
-- until: 15
-- setup
create role reader;
create role app_user;
create role chief superuser;
grant reader to app_user;
-- candidate
revoke reader from app_user;
set role chief;
grant reader to app_user;
reset role;
