-- expect: domain-constraint app.age.grown expression
-- setup
create schema app;
-- reference
create domain app.age as integer constraint grown check (value > 17);
-- candidate
create domain app.age as integer constraint grown check (value > 20);
