-- expect: node node synchronous_standby_names: nothing -> other
-- implies: setting synchronous_standby_names value
-- in place
-- candidate, separately
set synchronous_commit = local;
alter system set synchronous_standby_names = 'other';
select pg_reload_conf();
