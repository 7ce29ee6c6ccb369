-- expect: domain-constraint app.age.grown validated: yes -> no
-- setup
create schema app;
create domain app.age as integer;
-- reference
alter domain app.age add constraint grown check (value > 17);
-- candidate
alter domain app.age add constraint grown check (value > 17) not valid;
