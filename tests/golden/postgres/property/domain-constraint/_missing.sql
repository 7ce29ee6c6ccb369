-- expect: domain-constraint app.age.grown missing
-- setup
create schema app;
create domain app.age as integer;
alter domain app.age add constraint grown check (value > 17);
-- candidate
alter domain app.age drop constraint grown;
