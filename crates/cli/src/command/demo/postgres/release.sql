-- The release that dev and staging have and production waits for. Versions: 13 to 18. Privileges: superuser.
SET ROLE migrator;
ALTER TABLE app.bookings ADD COLUMN source text;
INSERT INTO app.flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, installed_on, execution_time, success)
    VALUES (8, '8', 'booking source', 'SQL', 'V8__booking_source.sql', 8000024, 'migrator', '2026-11-16 09:00:00', 9, true);
RESET ROLE;
