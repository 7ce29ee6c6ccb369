-- Before 14 nothing is known about its owner.
-- until: 13
-- expect: subscription sub missing
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
drop subscription sub;
