-- Takes away what `explain.sql` has made.
-- Versions: 13 to 18. Privileges: superuser. Rows: none.
DROP EVENT TRIGGER IF EXISTS evenkeel_rewritten;
DROP FUNCTION IF EXISTS pg_catalog.evenkeel_rewritten()
