-- How the clients of the server get on, as far as every role may see it.
-- Versions: 13 to 18. Privileges: none. Columns: connections, most, committed, rolled_back (of this database, since its statistics began).
select
  (select count(*) from pg_catalog.pg_stat_activity a where a.usesysid is not null) as connections,
  pg_catalog.current_setting('max_connections')::bigint as most,
  d.xact_commit as committed,
  d.xact_rollback as rolled_back
from pg_catalog.pg_stat_database d
where d.datname = pg_catalog.current_database()
