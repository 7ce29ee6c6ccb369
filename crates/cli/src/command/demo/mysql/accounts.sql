-- The accounts of the demo's application, alike in every environment. No passwords: they come in through the socket.
-- Versions: MariaDB 10.6 to 11.8, MySQL 8.0 to 9.7. Privileges: all. Runs in the application's database, which `*` means.
CREATE USER migrator@localhost, app_rw@localhost, reader@localhost;
CREATE ROLE support;
GRANT ALL ON * TO migrator@localhost;
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON * TO app_rw@localhost;
