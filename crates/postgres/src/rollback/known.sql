-- Begins a statement: functions that are known to do nothing that a rollback does not undo (`tame`). Of the server's own those that are
-- not volatile and run no text as a statement, and some that are volatile; of extensions in wide use those that are immutable.
-- Versions: 13 to 18. Privileges: none.
WITH tame AS MATERIALIZED (
    SELECT p.oid
    FROM pg_catalog.pg_proc AS p
    WHERE p.oid < 16384
      AND (p.provolatile <> 'v' AND p.proname !~ '_to_xml'
           OR p.proname IN ('random', 'random_normal', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'clock_timestamp', 'timeofday', 'nextval',
                            'currval', 'lastval', 'setseed', 'pg_sleep', 'pg_sleep_for', 'pg_sleep_until', 'txid_current',
                            'pg_current_xact_id', 'pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size',
                            'pg_notify', 'pg_advisory_xact_lock', 'pg_advisory_xact_lock_shared', 'pg_try_advisory_xact_lock',
                            'pg_try_advisory_xact_lock_shared', 'suppress_redundant_updates_trigger', 'tsvector_update_trigger',
                            'tsvector_update_trigger_column', 'array_shuffle', 'array_sample'))
    UNION ALL
    SELECT p.oid
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_catalog.pg_extension AS e ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND e.oid = d.refobjid
    WHERE e.extname IN ('citext', 'hstore', 'ltree', 'cube', 'seg', 'isn', 'intarray', 'pg_trgm', 'pgcrypto', 'unaccent', 'uuid-ossp',
                        'btree_gin', 'btree_gist', 'fuzzystrmatch', 'earthdistance', 'bloom', 'vector', 'postgis')
      AND (p.provolatile = 'i' AND p.prokind <> 'p'
           OR p.proname IN ('uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4', 'gen_random_uuid', 'gen_random_bytes', 'gen_salt'))
)
