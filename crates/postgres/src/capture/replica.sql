-- Replicas by application name; several of one name are numbered.
-- Versions: 13 to 18. Privileges: pg_read_all_stats, else everything but the process is NULL and the row is left out.
select ''::text as _classid, 0::oid as _oid,
  r.application_name || case when r.rank > 1 then ' (' || r.rank || ')' else '' end as name,
  r.sync_state, nullif(r.sync_priority, 0)::bigint as sync_priority, r.state, r.lag_bytes,
  extract(epoch from r.replay_lag)::float8 as lag_seconds
from (
  select s.application_name, s.sync_state, s.sync_priority, s.state, s.replay_lag,
    pg_catalog.pg_wal_lsn_diff(case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_receive_lsn() else pg_catalog.pg_current_wal_lsn() end, s.replay_lsn)::bigint as lag_bytes,
    row_number() over (partition by s.application_name order by s.sync_priority, s.client_addr, s.client_port) as rank
  from pg_catalog.pg_stat_replication s
  where s.state is not null and s.state <> 'backup'
) r
