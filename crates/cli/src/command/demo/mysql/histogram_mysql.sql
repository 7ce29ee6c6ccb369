-- The shape of what is in columns. Versions: MySQL 8.0 to 9.7. Privileges: SELECT and INSERT on the table.
ANALYZE TABLE bookings UPDATE HISTOGRAM ON status, nights, arrival WITH 32 BUCKETS;
