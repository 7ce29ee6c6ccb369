-- expect: operator app.===(integer, integer) comment: nothing -> an old friend
-- setup
create schema app;
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq);
-- candidate
comment on operator app.=== (integer, integer) is 'an old friend';
