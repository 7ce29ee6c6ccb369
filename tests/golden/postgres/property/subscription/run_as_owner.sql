-- expect: subscription sub run_as_owner: no -> yes
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
alter subscription sub set (run_as_owner = true);
