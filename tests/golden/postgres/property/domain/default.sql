-- expect: domain app.age default: 1 -> 2
-- setup
create schema app;
create domain app.age as integer default 1;
-- candidate
alter domain app.age set default 2;
