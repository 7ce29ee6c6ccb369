-- expect: subscription sub two_phase: no -> yes
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
alter subscription sub set (slot_name = none);
drop subscription sub;
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, two_phase = true, slot_name = none);
