-- expect: slot spare this_database: no -> yes
-- implies: slot spare plugin: nothing -> pgoutput
-- implies: slot spare type: physical -> logical
-- in place
-- setup
select pg_create_physical_replication_slot('spare', true);
-- candidate, separately
select pg_drop_replication_slot('spare');
select pg_create_logical_replication_slot('spare', 'pgoutput');
