-- expect: subscription sub publications: feed -> feed, news
-- in place
-- setup
create subscription sub connection 'dbname=nowhere' publication feed with (connect = false, slot_name = none);
-- candidate
alter subscription sub set publication news, feed with (refresh = false);
