-- expect: subscription sub password_required: yes -> no
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
alter subscription sub set (password_required = false);
