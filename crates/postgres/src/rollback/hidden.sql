-- How many sessions of this database do not show their state to this role, and the role's name.
-- Versions: 13 to 18. Privileges: pg_read_all_stats shows all. Rows: one.
SELECT pg_catalog.count(*) FILTER (WHERE a.state IS NULL AND a.query = '<insufficient privilege>')::text, pg_catalog.quote_ident(current_user)
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
