-- The log that the slot needs is removed.
-- expect: slot spare wal_status
-- in place
-- setup, separately
alter system set max_slot_wal_keep_size = '1MB';
select pg_reload_conf();
select pg_create_physical_replication_slot('spare', true);
-- candidate, separately
select pg_logical_emit_message(false, 'filler', repeat('x', 20000000));
select pg_switch_wal();
select pg_logical_emit_message(false, 'filler', repeat('x', 20000000));
select pg_switch_wal();
checkpoint;
