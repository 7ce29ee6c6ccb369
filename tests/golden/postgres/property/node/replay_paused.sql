-- expect: node node replay_paused
-- implies: node node role
-- implies: node node replicas
-- only: node
-- candidate replica
-- candidate
select pg_wal_replay_pause();
