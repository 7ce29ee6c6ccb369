-- What was done in staging by hand. Versions: 13 to 18. Privileges: superuser.
DROP INDEX app.bookings_customer_id_idx;
REVOKE SELECT ON billing.payments FROM reader;
