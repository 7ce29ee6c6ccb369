-- expect: aggregate app.total(integer) comment: nothing -> an old friend
-- setup
create schema app;
create aggregate app.total(integer) (sfunc = int4pl, stype = integer);
-- candidate
comment on aggregate app.total(integer) is 'an old friend';
