-- since: 14
-- expect: subscription sub synchronous_commit: off -> local
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
alter subscription sub set (synchronous_commit = local);
