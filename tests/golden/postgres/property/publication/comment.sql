-- expect: publication feed comment: nothing -> an old friend
-- setup
create publication feed;
-- candidate
comment on publication feed is 'an old friend';
