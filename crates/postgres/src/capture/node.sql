-- The node that was asked. Versions: 13 to 18. Privileges: none; the number of senders is visible to everyone.
select ''::text as _classid, 0::oid as _oid, 'node'::text as what,
  case when r.standby then 'standby' else 'primary' end as role,
  (select count(*) from pg_catalog.pg_stat_get_wal_senders() w where w.state is distinct from 'backup') as replicas,
  current_setting('wal_level') as wal_level, current_setting('archive_mode') as archive_mode,
  nullif(current_setting('synchronous_standby_names'), '') as synchronous_standby_names,
  current_setting('max_wal_senders')::bigint as max_wal_senders, current_setting('hot_standby') as hot_standby,
  case when r.standby then pg_catalog.pg_is_wal_replay_paused() end as replay_paused,
  case when r.standby then greatest(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_receive_lsn(), pg_catalog.pg_last_wal_replay_lsn()), 0)::bigint end as replay_lag_bytes,
  case when r.standby then
    case when pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() then 0
      else extract(epoch from clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())::float8 end
  end as replay_lag_seconds
from (select pg_catalog.pg_is_in_recovery() as standby) r
