-- expect: node node replay_lag_bytes
-- implies: node node replay_paused
-- implies: node node role
-- implies: node node replicas
-- only: node
-- candidate replica
-- candidate, separately
select pg_wal_replay_pause();
select pg_sleep(0.2);
-- reference, separately
select pg_logical_emit_message(false, 'filler', repeat('x', 20000000));
select pg_switch_wal();
select pg_sleep(1);
