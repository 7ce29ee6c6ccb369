-- expect: role "app@localhost" default_roles
-- in place
-- setup
create user app@localhost;
create role reader;
grant reader to app@localhost;
-- candidate, mariadb
set default role reader for app@localhost;
-- candidate, mysql
set default role reader to app@localhost;
