-- expect: access-method heap2 comment: nothing -> an old friend
-- setup
create access method heap2 type table handler heap_tableam_handler;
-- candidate
comment on access method heap2 is 'an old friend';
