-- What sets production apart since long ago, beside its settings. Versions: MariaDB 10.6 to 11.8, MySQL 8.0 to 9.7.
-- Privileges: ALTER.
ALTER TABLE boats MODIFY name varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;
