-- expect mysql: membership reader@%.app@localhost extra
-- expect mariadb: membership reader.app@localhost extra
-- in place
-- setup
create user app@localhost;
create role reader;
-- candidate
grant reader to app@localhost;
