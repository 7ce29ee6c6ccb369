-- expect: domain app.age type: integer -> bigint
-- setup
create schema app;
-- reference
create domain app.age as integer;
-- candidate
create domain app.age as bigint;
