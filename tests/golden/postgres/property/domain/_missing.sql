-- expect: domain app.age missing
-- with: 1 owner
-- setup
create schema app;
create domain app.age as integer;
-- candidate
drop domain app.age;
