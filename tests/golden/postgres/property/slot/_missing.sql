-- expect: slot spare extra
-- in place
-- candidate
select pg_create_physical_replication_slot('spare');
