-- Replication slots that last. Versions: 13 to 18. Privileges: none.
select ''::text as _classid, 0::oid as _oid, s.slot_name as name, s.slot_type as type, s.plugin::text as plugin,
  s.database = current_database() as this_database,
  s.two_phase, -- >=14
  s.failover, -- >=17
  s.active,
  greatest(pg_catalog.pg_wal_lsn_diff(case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn() else pg_catalog.pg_current_wal_lsn() end, s.restart_lsn), 0)::bigint as retained_bytes,
  s.wal_status
from pg_catalog.pg_replication_slots s
where not s.temporary
