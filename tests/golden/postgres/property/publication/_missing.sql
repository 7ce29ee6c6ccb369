-- expect: publication feed missing
-- setup
create publication feed;
-- candidate
drop publication feed;
