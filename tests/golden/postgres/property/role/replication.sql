-- expect: role reader replication: no -> yes
-- in place
-- setup
create role reader;
-- candidate
alter role reader replication;
