-- The release that dev and staging have and production waits for. Versions: MariaDB 10.6 to 11.8, MySQL 8.0 to 9.7.
-- Privileges: all.
ALTER TABLE bookings ADD COLUMN source varchar(40);
INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, installed_on, execution_time, success)
    VALUES (8, '8', 'booking source', 'SQL', 'V8__booking_source.sql', 8000024, 'migrator', '2026-11-16 09:00:00', 9, true);
