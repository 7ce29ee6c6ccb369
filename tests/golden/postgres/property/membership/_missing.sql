-- expect: membership reader.app_user missing
-- in place
-- setup
create role reader;
create role app_user;
grant reader to app_user;
-- candidate
revoke reader from app_user;
