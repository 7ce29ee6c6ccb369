-- expect: slot spare plugin: test_decoding -> pgoutput
-- in place
-- setup
select pg_create_logical_replication_slot('spare', 'test_decoding');
-- candidate, separately
select pg_drop_replication_slot('spare');
select pg_create_logical_replication_slot('spare', 'pgoutput');
