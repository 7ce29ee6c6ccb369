-- expect: subscription sub enabled: no -> yes
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = 'sub');
-- candidate
alter subscription sub enable;
