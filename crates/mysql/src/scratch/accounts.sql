-- First start of a MariaDB scratch server: leaves the superuser nothing but the socket.
-- Versions: 10.4 and newer (mysql.global_priv). One statement a line: init_file wants it so.
SET SESSION sql_log_bin = 0;
DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';
DELETE FROM mysql.proxies_priv WHERE User = 'root' AND Host <> 'localhost';
FLUSH PRIVILEGES;
