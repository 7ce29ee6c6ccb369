-- expect: replica other lag_bytes
-- in place
-- replica
-- on replica, separately
select pg_wal_replay_pause();
select pg_sleep(0.2);
-- candidate, separately
select pg_logical_emit_message(false, 'filler', repeat('x', 20000000));
select pg_sleep(1);
