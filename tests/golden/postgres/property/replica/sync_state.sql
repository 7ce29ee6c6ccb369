-- expect: replica other sync_state: async -> sync
-- implies: replica other sync_priority: nothing -> 1
-- implies: node node synchronous_standby_names
-- implies: setting synchronous_standby_names value
-- in place
-- replica
-- candidate, separately
set synchronous_commit = local;
alter system set synchronous_standby_names = 'other';
select pg_reload_conf();
select pg_sleep(0.5);
