-- Rows for the demo's application. Versions: 13 to 18. Privileges: superuser.
-- Reads the setting demo.scale: 1 in dev, 5 in staging, 500 in production.
-- Numbers come from arithmetic, not from random(), so that every run tells the same story.
INSERT INTO app.marinas (name, country)
    SELECT 'Marina ' || n, (ARRAY['DK', 'DE', 'SE', 'NL', 'FI'])[1 + n % 5] FROM generate_series(1, 12) n;
INSERT INTO app.berth_categories VALUES ('S', 'up to 8 m', 8), ('M', 'up to 12 m', 12), ('L', 'up to 18 m', 18);
INSERT INTO app.berths (marina_id, category, label)
    SELECT m, (ARRAY['S', 'M', 'L'])[1 + n % 3], 'B' || n FROM generate_series(1, 12) m, generate_series(1, 40) n;
INSERT INTO app.staff (marina_id, email, full_name)
    SELECT 1 + n % 12, 'staff' || n || '@moorings.example', 'Staff ' || n FROM generate_series(1, 30) n;
INSERT INTO app.price_rules (marina_id, category, valid_from, per_night)
    SELECT m, c.code, '2026-01-01', 20 + m + c.max_length FROM generate_series(1, 12) m, app.berth_categories c;
INSERT INTO app.services (marina_id, title, price)
    SELECT m, s, 5 FROM generate_series(1, 12) m, unnest(ARRAY['laundry', 'sauna', 'crane']) s;
INSERT INTO billing.plans VALUES ('basic', 'Basic', 49), ('fleet', 'Fleet', 199);
INSERT INTO billing.subscriptions SELECT m, (ARRAY['basic', 'fleet'])[1 + m % 2], '2024-05-01' FROM generate_series(1, 12) m;

-- Two customers share an address wherever there are more than 40.
INSERT INTO app.customers (email, full_name, country, phone)
    SELECT 'guest' || CASE WHEN n = 41 THEN 40 ELSE n END || '@mail.example', 'Guest ' || n, (ARRAY['DK', 'DE', 'SE', 'NL', NULL])[1 + n % 5],
           CASE WHEN n % 3 = 0 THEN '+45 ' || n END
    FROM generate_series(1, 40 * current_setting('demo.scale')::int) n;
INSERT INTO app.boats (customer_id, name, length_m, draught_m)
    SELECT id, 'Boat ' || id, 6 + id % 12, 1.2 FROM app.customers;
INSERT INTO app.bookings (customer_id, boat_id, berth_id, status, arrival, nights, total, created_at)
    SELECT 1 + n % (40 * current_setting('demo.scale')::int), 1 + n % (40 * current_setting('demo.scale')::int), 1 + n % 480,
           (ARRAY['requested', 'confirmed', 'checked_in', 'completed', 'completed', 'cancelled'])[1 + n % 6]::app.booking_status,
           date '2026-01-01' + n % 270, 1 + n % 9, 40 + n % 300, timestamptz '2026-01-01' + n % 270 * interval '1 day'
    FROM generate_series(1, 120 * current_setting('demo.scale')::int) n;
INSERT INTO app.booking_services SELECT id, 1 + id % 36 FROM app.bookings WHERE id % 4 = 0;
INSERT INTO app.reviews SELECT id, 1 + id % 5, 'Fine.' FROM app.bookings WHERE id % 6 = 3;
INSERT INTO app.messages (booking_id, from_guest, body) SELECT id, id % 2 = 0, 'When does the harbour office open?' FROM app.bookings WHERE id % 2 = 0;
INSERT INTO app.events (happened_at, kind, payload)
    SELECT timestamptz '2026-01-01' + n % 280 * interval '1 day', (ARRAY['view', 'search', 'book'])[1 + n % 3], '{"from": "web"}'
    FROM generate_series(1, 240 * current_setting('demo.scale')::int) n;
INSERT INTO billing.invoices (booking_id, status, net, tax, issued_on)
    SELECT id, (ARRAY['draft', 'open', 'paid', 'paid'])[1 + id % 4]::billing.invoice_status, total, total * 0.25, arrival
    FROM app.bookings WHERE status IN ('completed', 'checked_in');
INSERT INTO billing.payments (invoice_id, amount, paid_at) SELECT id, gross, issued_on FROM billing.invoices WHERE status = 'paid';
INSERT INTO billing.refunds SELECT id, 5, 'storm' FROM billing.payments WHERE id % 100 = 1;
INSERT INTO app.flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, installed_on, execution_time, success)
    SELECT n, n, d, 'SQL', 'V' || n || '__' || replace(d, ' ', '_') || '.sql', 1000003 * n, 'migrator', timestamp '2025-03-01' + n * interval '20 days', 12, true
    FROM unnest(ARRAY['marinas and berths', 'customers', 'bookings', 'billing', 'events', 'reviews', 'indexes']) WITH ORDINALITY AS v (d, n);

-- Constraints and indexes after the rows: faster.
SET ROLE migrator;
ALTER TABLE app.bookings
    ADD CONSTRAINT bookings_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES app.customers,
    ADD CONSTRAINT bookings_boat_id_fkey FOREIGN KEY (boat_id) REFERENCES app.boats,
    ADD CONSTRAINT bookings_nights_check CHECK (nights > 0);
CREATE INDEX customers_full_name_trgm_idx ON app.customers USING gin (full_name app.gin_trgm_ops);
CREATE INDEX boats_customer_id_idx ON app.boats (customer_id);
CREATE INDEX bookings_customer_id_idx ON app.bookings (customer_id);
CREATE INDEX bookings_berth_id_arrival_idx ON app.bookings (berth_id, arrival) WHERE status <> 'cancelled';
CREATE INDEX events_happened_at_idx ON app.events (happened_at);
CREATE INDEX invoices_booking_id_idx ON billing.invoices (booking_id);
CREATE UNIQUE INDEX invoices_number_key ON billing.invoices (number);
CREATE INDEX payments_invoice_id_idx ON billing.payments (invoice_id);
REFRESH MATERIALIZED VIEW billing.revenue_by_month;
RESET ROLE;
