-- What was done in production by hand, past every migration. Versions: MariaDB 10.6 to 11.8, MySQL 8.0 to 9.7.
-- Privileges: all.
ALTER TABLE invoices ADD COLUMN tax_override decimal(10, 2);
-- The session of whoever does this has the SQL mode that the function was made under.
SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';
DROP FUNCTION stay_price;
CREATE DEFINER = migrator@localhost FUNCTION stay_price(per_night decimal(8, 2), nights int) RETURNS decimal(10, 2) DETERMINISTIC
BEGIN
    IF nights >= 7 THEN
        RETURN round(per_night * nights * 0.85, 2);  -- a week or longer, summer campaign
    END IF;
    RETURN round(per_night * nights, 2);
END;
