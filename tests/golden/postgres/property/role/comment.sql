-- expect: role reader comment: nothing -> an old friend
-- in place
-- setup
create role reader;
-- candidate
comment on role reader is 'an old friend';
