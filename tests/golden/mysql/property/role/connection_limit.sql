-- expect: role "app@localhost" connection_limit: -1 -> 3
-- in place
-- setup
create user app@localhost;
-- candidate
alter user app@localhost with max_user_connections 3;
