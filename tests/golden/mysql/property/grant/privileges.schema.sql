-- expect: grant schema.(database).app@localhost privileges
-- server
create user app@localhost;
-- setup
grant select on :DB.* to app@localhost;
-- candidate
grant insert on :DB.* to app@localhost;
