-- expect: role "app@localhost" locked: no -> yes
-- in place
-- setup
create user app@localhost;
-- candidate
alter user app@localhost account lock;
