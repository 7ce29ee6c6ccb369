-- expect: slot spare two_phase: no -> yes
-- in place
-- setup
select pg_create_logical_replication_slot('spare', 'pgoutput');
-- candidate, separately
select pg_drop_replication_slot('spare');
select pg_create_logical_replication_slot('spare', 'pgoutput', false, true);
