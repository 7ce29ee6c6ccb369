-- What only MySQL can do by halves. Versions: MySQL 8.0.16 to 9.7. Privileges: ALTER.
ALTER TABLE bookings ALTER INDEX bookings_arrival_idx INVISIBLE, ALTER CHECK bookings_total_check NOT ENFORCED;
