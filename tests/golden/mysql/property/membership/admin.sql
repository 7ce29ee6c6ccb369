-- expect mysql: membership reader@%.app@localhost admin: no -> yes
-- expect mariadb: membership reader.app@localhost admin: no -> yes
-- in place
-- setup
create user app@localhost;
create role reader;
grant reader to app@localhost;
-- candidate
grant reader to app@localhost with admin option;
