-- The shape of what is in columns. Versions: MariaDB 10.6 to 11.8. Privileges: SELECT and INSERT on the table.
ANALYZE TABLE bookings PERSISTENT FOR COLUMNS (status, nights, arrival) INDEXES ();
