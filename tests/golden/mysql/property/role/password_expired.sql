-- expect: role "app@localhost" password_expired: no -> yes
-- in place
-- setup
create user app@localhost;
-- candidate
alter user app@localhost password expire;
