-- expect: role "app@localhost" authentication
-- implies mysql: role "app@localhost" password_expired: no -> yes
-- in place
-- setup
create user app@localhost;
-- candidate, mysql
alter user app@localhost identified with sha256_password;
-- candidate, mariadb
alter user app@localhost identified via unix_socket;
