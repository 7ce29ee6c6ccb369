-- Rows for the demo's application. Versions: MariaDB 10.6 to 11.8, MySQL 8.0 to 9.7. Privileges: all.
-- Reads the variable @scale: 1 in dev, 5 in staging, 500 in production.
-- Numbers come from arithmetic, not from rand(), so that every run tells the same story.
-- Replicas get rows, not statements, and do not need the helper.
SET SESSION binlog_format = 'ROW';
SET SESSION sql_log_bin = 0;
CREATE TABLE numbers (n int NOT NULL PRIMARY KEY);
INSERT INTO numbers
    WITH digits AS (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
                    UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)
    SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d
    FROM digits a, digits b, digits c, digits e, digits f
    WHERE 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d <= 40 * @scale;
SET SESSION sql_log_bin = 1;

INSERT INTO marinas (name, country)
    SELECT concat('Marina ', n), elt(1 + n % 5, 'DK', 'DE', 'SE', 'NL', 'FI') FROM numbers WHERE n <= 12 ORDER BY n;
INSERT INTO berth_categories VALUES ('S', 'up to 8 m', 8), ('M', 'up to 12 m', 12), ('L', 'up to 18 m', 18);
INSERT INTO berths (marina_id, category, label)
    SELECT m.id, elt(1 + n % 3, 'S', 'M', 'L'), concat('B', n) FROM marinas m, numbers WHERE n <= 40 ORDER BY m.id, n;
INSERT INTO staff (marina_id, email, full_name)
    SELECT 1 + n % 12, concat('staff', n, '@moorings.example'), concat('Staff ', n) FROM numbers WHERE n <= 30 ORDER BY n;
INSERT INTO price_rules (marina_id, category, valid_from, per_night)
    SELECT m.id, c.code, '2026-01-01', 20 + m.id + c.max_length FROM marinas m, berth_categories c ORDER BY m.id, c.code;
INSERT INTO services (marina_id, title, price)
    SELECT m.id, elt(n, 'laundry', 'sauna', 'crane'), 5 FROM marinas m, numbers WHERE n <= 3 ORDER BY m.id, n;
INSERT INTO plans VALUES ('basic', 'Basic', 49), ('fleet', 'Fleet', 199);
INSERT INTO subscriptions SELECT id, elt(1 + id % 2, 'basic', 'fleet'), '2024-05-01' FROM marinas;

INSERT INTO customers (id, email, full_name, country, phone)
    SELECT n, concat('guest', n, '@mail.example'), concat('Guest ', n), elt(1 + n % 5, 'DK', 'DE', 'SE', 'NL', NULL), if(n % 3 = 0, concat('+45 ', n), NULL)
    FROM numbers WHERE n <= 10 * @scale;
INSERT INTO boats (id, customer_id, name, length_m, draught_m)
    SELECT id, id, concat('Boat ', id), 6 + id % 12, 1.2 FROM customers;
INSERT INTO bookings (id, customer_id, boat_id, berth_id, status, arrival, nights, total, created_at)
    SELECT n, 1 + n % (10 * @scale), 1 + n % (10 * @scale), 1 + n % 480,
           elt(1 + n % 6, 'requested', 'confirmed', 'checked_in', 'completed', 'completed', 'cancelled'),
           date '2026-01-01' + INTERVAL n % 270 DAY, 1 + n % 9, 40 + n % 300, date '2026-01-01' + INTERVAL n % 270 DAY
    FROM numbers WHERE n <= 40 * @scale;
INSERT INTO booking_services SELECT id, 1 + id % 36, 1 FROM bookings WHERE id % 4 = 0;
INSERT INTO reviews SELECT id, 1 + id % 5, 'Fine.' FROM bookings WHERE id % 6 = 3;
INSERT INTO messages (id, booking_id, from_guest, body) SELECT id, id, id % 4 = 0, 'When does the harbour office open?' FROM bookings WHERE id % 2 = 0;
INSERT INTO events (id, happened_at, kind, payload)
    SELECT n, date '2026-01-01' + INTERVAL n % 280 DAY, elt(1 + n % 3, 'view', 'search', 'book'), '{"from": "web"}'
    FROM numbers WHERE n <= 40 * @scale;
INSERT INTO invoices (id, booking_id, number, status, net, tax, issued_on)
    SELECT id, id, 100000 + id, elt(1 + id % 4, 'draft', 'open', 'paid', 'paid'), total, total * 0.25, arrival
    FROM bookings WHERE status IN ('completed', 'checked_in');
INSERT INTO payments (id, invoice_id, amount, paid_at) SELECT id, id, gross, issued_on FROM invoices WHERE status = 'paid';
INSERT INTO refunds SELECT id, 5, 'storm' FROM payments WHERE id % 100 = 3;
INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, installed_on, execution_time, success)
    SELECT n, n, d, 'SQL', concat('V', n, '__', replace(d, ' ', '_'), '.sql'), 1000003 * n, 'migrator', timestamp '2025-03-01 09:00:00' + INTERVAL 20 * n DAY, 12, true
    FROM (SELECT n, elt(n, 'marinas and berths', 'customers', 'bookings', 'billing', 'events', 'reviews', 'indexes') AS d FROM numbers WHERE n <= 7) AS v
    ORDER BY n;
SET SESSION sql_log_bin = 0;
DROP TABLE numbers;
SET SESSION sql_log_bin = 1;
