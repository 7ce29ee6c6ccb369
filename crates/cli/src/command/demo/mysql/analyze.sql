-- Statistics, as a server that has run for a while has them. Versions: MariaDB 10.6 to 11.8, MySQL 8.0 to 9.7.
-- Privileges: SELECT and INSERT on the tables.
ANALYZE TABLE marinas, berth_categories, berths, staff, customers, boats, price_rules, bookings, services, booking_services, reviews,
    messages, events, audit_log, plans, subscriptions, invoices, payments, refunds, flyway_schema_history;
