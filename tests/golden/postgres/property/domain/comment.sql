-- expect: domain app.age comment: nothing -> an old friend
-- setup
create schema app;
create domain app.age as integer;
-- candidate
comment on domain app.age is 'an old friend';
