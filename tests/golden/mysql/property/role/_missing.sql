-- expect: role "app@localhost" extra
-- in place
-- candidate
create user app@localhost;
