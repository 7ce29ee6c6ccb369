-- expect: domain app.age missing
-- setup
create schema app;
create domain app.age as integer;
-- candidate
drop domain app.age;
