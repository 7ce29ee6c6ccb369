-- What was done in staging by hand. Versions: MariaDB 10.6 to 11.8, MySQL 8.0 to 9.7. Privileges: all.
ALTER TABLE invoices DROP INDEX invoices_issued_on_idx;
REVOKE SELECT ON payments FROM reader@localhost;
ALTER DEFINER = migrator@localhost EVENT forget_searches DISABLE;
