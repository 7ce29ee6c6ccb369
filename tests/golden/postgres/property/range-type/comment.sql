-- expect: range-type app.span comment: nothing -> an old friend
-- setup
create schema app;
create type app.span as range (subtype = integer);
-- candidate
comment on type app.span is 'an old friend';
