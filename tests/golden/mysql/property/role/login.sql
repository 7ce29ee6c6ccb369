-- A role of MariaDB has no host: no account is called like one.
-- only on: mysql
-- expect: role "reader@%" login: no -> yes
-- implies: role "reader@%" authentication
-- in place
-- setup
create role reader;
-- candidate
drop role reader;
create user reader;
