-- in place
-- expect: setting max_connections pending_restart: no -> yes
-- candidate, separately
alter system set max_connections = 77;
select pg_reload_conf();
