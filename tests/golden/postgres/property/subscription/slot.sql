-- expect: subscription sub slot: nothing -> other
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
alter subscription sub set (slot_name = 'other');
