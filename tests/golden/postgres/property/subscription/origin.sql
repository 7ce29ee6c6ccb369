-- expect: subscription sub origin: any -> none
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
alter subscription sub set (origin = none);
