-- expect: subscription sub missing
-- with: 1 owner
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
drop subscription sub;
