-- What needs its table to be there. Versions: MariaDB 10.6 to 11.8, MySQL 8.0 to 9.7. Privileges: all.
GRANT SELECT ON bookings TO reader@localhost;
GRANT SELECT ON invoices TO reader@localhost;
GRANT SELECT ON payments TO reader@localhost;
GRANT SELECT ON open_invoices TO reader@localhost;
GRANT SELECT (id, full_name, country) ON customers TO reader@localhost;
GRANT SELECT ON messages TO support;
GRANT support TO reader@localhost;
