-- expect: publication feed missing
-- with: 1 owner
-- setup
create publication feed;
-- candidate
drop publication feed;
