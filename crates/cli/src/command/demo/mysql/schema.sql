-- The demo's application: moorings, where marinas rent out berths. As a migration tool would make it, with the account
-- migrator as its definer. Versions: MariaDB 10.6 to 11.8, MySQL 8.0 to 9.7. Privileges: all.
-- Routines, triggers and events keep the SQL mode they were made under, whatever the server's is.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

CREATE TABLE marinas (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name        varchar(100) NOT NULL,
    country     char(2) NOT NULL,
    time_zone   varchar(60) NOT NULL DEFAULT 'UTC',
    created_at  timestamp NOT NULL DEFAULT current_timestamp
);
CREATE TABLE berth_categories (
    code        varchar(8) NOT NULL PRIMARY KEY,
    title       varchar(100) NOT NULL,
    max_length  decimal(5, 2) NOT NULL,
    CONSTRAINT berth_categories_max_length_check CHECK (max_length > 0)
);
CREATE TABLE berths (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    marina_id   bigint NOT NULL,
    category    varchar(8) NOT NULL,
    label       varchar(20) NOT NULL,
    has_power   boolean NOT NULL DEFAULT true,
    UNIQUE KEY berths_marina_id_label_key (marina_id, label),
    CONSTRAINT berths_marina_id_fkey FOREIGN KEY (marina_id) REFERENCES marinas (id),
    CONSTRAINT berths_category_fkey FOREIGN KEY (category) REFERENCES berth_categories (code)
);
CREATE TABLE staff (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    marina_id   bigint NOT NULL,
    email       varchar(200) NOT NULL,
    full_name   varchar(200) NOT NULL,
    UNIQUE KEY staff_email_key (email),
    CONSTRAINT staff_marina_id_fkey FOREIGN KEY (marina_id) REFERENCES marinas (id),
    CONSTRAINT staff_email_check CHECK (email LIKE '%_@_%')
);
CREATE TABLE customers (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email       varchar(200) NOT NULL,
    full_name   varchar(200) NOT NULL,
    country     char(2),
    phone       varchar(40),
    created_at  timestamp NOT NULL DEFAULT current_timestamp,
    KEY customers_email_idx (email),
    FULLTEXT KEY customers_full_name_idx (full_name)
);
CREATE TABLE boats (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id bigint NOT NULL,
    name        varchar(100) NOT NULL,
    length_m    decimal(5, 2) NOT NULL,
    draught_m   decimal(4, 2),
    KEY boats_customer_id_idx (customer_id),
    CONSTRAINT boats_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE TABLE price_rules (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    marina_id   bigint NOT NULL,
    category    varchar(8) NOT NULL,
    valid_from  date NOT NULL,
    per_night   decimal(8, 2) NOT NULL,
    UNIQUE KEY price_rules_key (marina_id, category, valid_from),
    KEY price_rules_category_idx (category),
    CONSTRAINT price_rules_marina_id_fkey FOREIGN KEY (marina_id) REFERENCES marinas (id),
    CONSTRAINT price_rules_category_fkey FOREIGN KEY (category) REFERENCES berth_categories (code)
);
CREATE TABLE bookings (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id bigint NOT NULL,
    boat_id     bigint,
    berth_id    bigint NOT NULL,
    status      enum('requested', 'confirmed', 'checked_in', 'completed', 'cancelled') NOT NULL DEFAULT 'requested',
    arrival     date NOT NULL,
    nights      int NOT NULL,
    total       decimal(10, 2) NOT NULL,
    note        text,
    created_at  timestamp NOT NULL DEFAULT current_timestamp,
    updated_at  timestamp NOT NULL DEFAULT current_timestamp ON UPDATE current_timestamp,
    KEY bookings_customer_id_idx (customer_id),
    KEY bookings_boat_id_idx (boat_id),
    KEY bookings_berth_id_arrival_idx (berth_id, arrival),
    KEY bookings_arrival_idx (arrival, status),
    CONSTRAINT bookings_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id),
    CONSTRAINT bookings_boat_id_fkey FOREIGN KEY (boat_id) REFERENCES boats (id),
    CONSTRAINT bookings_berth_id_fkey FOREIGN KEY (berth_id) REFERENCES berths (id),
    CONSTRAINT bookings_nights_check CHECK (nights > 0),
    CONSTRAINT bookings_total_check CHECK (total >= 0)
) COMMENT 'One stay of one boat in one berth.';
CREATE TABLE services (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    marina_id   bigint NOT NULL,
    title       varchar(100) NOT NULL,
    price       decimal(8, 2) NOT NULL,
    CONSTRAINT services_marina_id_fkey FOREIGN KEY (marina_id) REFERENCES marinas (id)
);
CREATE TABLE booking_services (
    booking_id  bigint NOT NULL,
    service_id  bigint NOT NULL,
    quantity    int NOT NULL DEFAULT 1,
    PRIMARY KEY (booking_id, service_id),
    KEY booking_services_service_id_idx (service_id),
    CONSTRAINT booking_services_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES bookings (id) ON DELETE CASCADE,
    CONSTRAINT booking_services_service_id_fkey FOREIGN KEY (service_id) REFERENCES services (id)
);
CREATE TABLE reviews (
    booking_id  bigint NOT NULL PRIMARY KEY,
    stars       smallint NOT NULL,
    body        text,
    CONSTRAINT reviews_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES bookings (id) ON DELETE CASCADE,
    CONSTRAINT reviews_stars_check CHECK (stars BETWEEN 1 AND 5)
);
CREATE TABLE messages (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    booking_id  bigint NOT NULL,
    from_guest  boolean NOT NULL,
    body        text NOT NULL,
    sent_at     datetime(6) NOT NULL DEFAULT current_timestamp(6),
    KEY messages_booking_id_idx (booking_id),
    CONSTRAINT messages_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES bookings (id) ON DELETE CASCADE
);
CREATE TABLE events (
    id          bigint NOT NULL AUTO_INCREMENT,
    happened_at datetime NOT NULL,
    kind        varchar(20) NOT NULL,
    payload     json NOT NULL,
    PRIMARY KEY (id, happened_at),
    KEY events_happened_at_idx (happened_at)
) PARTITION BY RANGE COLUMNS (happened_at) (
    PARTITION events_2026_q1 VALUES LESS THAN ('2026-04-01'),
    PARTITION events_2026_q2 VALUES LESS THAN ('2026-07-01'),
    PARTITION events_2026_q3 VALUES LESS THAN ('2026-10-01'),
    PARTITION events_rest VALUES LESS THAN (MAXVALUE)
);
CREATE TABLE audit_log (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at          timestamp NOT NULL DEFAULT current_timestamp,
    actor       varchar(200) NOT NULL,
    what        text NOT NULL
);

CREATE TABLE plans (
    code        varchar(20) NOT NULL PRIMARY KEY,
    title       varchar(100) NOT NULL,
    per_month   decimal(8, 2) NOT NULL
);
CREATE TABLE subscriptions (
    marina_id   bigint NOT NULL PRIMARY KEY,
    plan        varchar(20) NOT NULL,
    since       date NOT NULL,
    KEY subscriptions_plan_idx (plan),
    CONSTRAINT subscriptions_marina_id_fkey FOREIGN KEY (marina_id) REFERENCES marinas (id),
    CONSTRAINT subscriptions_plan_fkey FOREIGN KEY (plan) REFERENCES plans (code)
);
CREATE TABLE invoices (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    booking_id  bigint NOT NULL,
    number      bigint NOT NULL,
    status      enum('draft', 'open', 'paid', 'void') NOT NULL DEFAULT 'draft',
    net         decimal(10, 2) NOT NULL,
    tax         decimal(10, 2) NOT NULL DEFAULT 0,
    gross       decimal(10, 2) GENERATED ALWAYS AS (net + tax) STORED COMMENT 'What the customer pays.',
    issued_on   date NOT NULL,
    UNIQUE KEY invoices_number_key (number),
    KEY invoices_booking_id_idx (booking_id),
    KEY invoices_issued_on_idx (issued_on),
    CONSTRAINT invoices_booking_id_fkey FOREIGN KEY (booking_id) REFERENCES bookings (id)
);
CREATE TABLE payments (
    id          bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    invoice_id  bigint NOT NULL,
    amount      decimal(10, 2) NOT NULL,
    paid_at     datetime NOT NULL,
    KEY payments_invoice_id_idx (invoice_id),
    CONSTRAINT payments_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id),
    CONSTRAINT payments_amount_check CHECK (amount > 0)
);
CREATE TABLE refunds (
    payment_id  bigint NOT NULL PRIMARY KEY,
    amount      decimal(10, 2) NOT NULL,
    reason      varchar(200) NOT NULL,
    CONSTRAINT refunds_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payments (id)
);

-- As Flyway writes it.
CREATE TABLE flyway_schema_history (
    installed_rank int NOT NULL,
    version        varchar(50),
    description    varchar(200) NOT NULL,
    type           varchar(20) NOT NULL,
    script         varchar(1000) NOT NULL,
    checksum       int,
    installed_by   varchar(100) NOT NULL,
    installed_on   timestamp NOT NULL DEFAULT current_timestamp,
    execution_time int NOT NULL,
    success        boolean NOT NULL,
    PRIMARY KEY (installed_rank),
    KEY flyway_schema_history_s_idx (success)
);

CREATE DEFINER = migrator@localhost FUNCTION stay_price(per_night decimal(8, 2), nights int) RETURNS decimal(10, 2) DETERMINISTIC
BEGIN
    IF nights >= 7 THEN
        RETURN round(per_night * nights * 0.90, 2);  -- a week or longer
    END IF;
    RETURN round(per_night * nights, 2);
END;
CREATE DEFINER = migrator@localhost PROCEDURE free_berths(marina bigint, day date) READS SQL DATA
    SELECT b.id, b.label
    FROM berths b
    WHERE b.marina_id = marina
      AND NOT EXISTS (
          SELECT 1 FROM bookings k
          WHERE k.berth_id = b.id AND k.status <> 'cancelled' AND day >= k.arrival AND day < k.arrival + INTERVAL k.nights DAY
      );
CREATE DEFINER = migrator@localhost PROCEDURE close_month(month date) MODIFIES SQL DATA
    UPDATE invoices SET status = 'open' WHERE status = 'draft' AND issued_on < month;

CREATE DEFINER = migrator@localhost VIEW arrivals_today AS
    SELECT k.id, k.berth_id, c.full_name, k.nights
    FROM bookings k JOIN customers c ON c.id = k.customer_id
    WHERE k.arrival = current_date AND k.status = 'confirmed';
CREATE DEFINER = migrator@localhost SQL SECURITY INVOKER VIEW open_invoices AS
    SELECT id, number, gross, issued_on FROM invoices WHERE status = 'open';
CREATE DEFINER = migrator@localhost VIEW revenue_by_month AS
    SELECT year(issued_on) AS year, month(issued_on) AS month, sum(gross) AS gross, count(*) AS invoices
    FROM invoices WHERE status = 'paid' GROUP BY year(issued_on), month(issued_on);

CREATE DEFINER = migrator@localhost TRIGGER refunds_audit AFTER INSERT ON refunds FOR EACH ROW
    INSERT INTO audit_log (actor, what) VALUES (current_user(), concat('refund of payment ', NEW.payment_id));

CREATE DEFINER = migrator@localhost EVENT forget_searches ON SCHEDULE EVERY 1 DAY STARTS '2027-01-01 03:00:00'
    DO DELETE FROM events WHERE kind = 'search' AND happened_at < current_date - INTERVAL 1 YEAR;
