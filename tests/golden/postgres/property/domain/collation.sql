-- expect: domain app.name collation
-- setup
create schema app;
-- reference
create domain app.name as text;
-- candidate
create domain app.name as text collate "C";
