-- What outlives transactions and sessions: replication slots, prepared transactions, large objects, by kind and name.
-- Versions: 13 to 18. Privileges: none. Rows: one each, in order.
SELECT 'replication slot ' || slot_name FROM pg_catalog.pg_replication_slots
UNION ALL
SELECT 'prepared transaction ' || gid FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database()
UNION ALL
SELECT 'large objects: ' || pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata
ORDER BY 1
