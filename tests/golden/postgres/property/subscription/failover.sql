-- ALTER needs the publisher to answer, so it is made anew.
-- expect: subscription sub failover: no -> yes
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = 'sub');
-- candidate
alter subscription sub set (slot_name = none);
drop subscription sub;
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = 'sub', failover = true);
