-- expect: domain app.age not_null: no -> yes
-- setup
create schema app;
create domain app.age as integer;
-- candidate
alter domain app.age set not null;
