-- expect: domain app.age not_null_name: nothing -> is_there
-- setup
create schema app;
-- reference
create domain app.age as integer not null;
-- candidate
create domain app.age as integer constraint is_there not null;
