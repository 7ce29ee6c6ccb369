-- Before 14 only superusers may look up the number it is known by, on which owner, comment and labels hang.
-- since: 14
-- expect: subscription sub comment: nothing -> an old friend
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
comment on subscription sub is 'an old friend';
