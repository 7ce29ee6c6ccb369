-- expect: language calc comment: nothing -> an old friend
-- setup
create language calc handler plpgsql_call_handler;
-- candidate
comment on language calc is 'an old friend';
