-- The same in MariaDB, where a check cannot stay without being enforced. Versions: MariaDB 10.6 to 11.8. Privileges: ALTER.
ALTER TABLE bookings ALTER INDEX bookings_arrival_idx IGNORED, DROP CONSTRAINT bookings_total_check;
