-- What was done in production by hand, past every migration. Versions: 13 to 18. Privileges: superuser.
ALTER TABLE billing.invoices ADD COLUMN tax_override numeric(10, 2);
CREATE OR REPLACE FUNCTION app.stay_price(per_night numeric, nights integer) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF nights >= 7 THEN
        RETURN round(per_night * nights * 0.85, 2);  -- a week or longer, summer campaign
    END IF;
    RETURN round(per_night * nights, 2);
END
$$;
ALTER TABLE app.bookings ADD CONSTRAINT bookings_total_check CHECK (total >= 0) NOT VALID;
