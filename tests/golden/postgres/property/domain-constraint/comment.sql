-- expect: domain-constraint app.age.grown comment: nothing -> an old friend
-- setup
create schema app;
create domain app.age as integer;
alter domain app.age add constraint grown check (value > 17);
-- candidate
comment on constraint grown on domain app.age is 'an old friend';
