-- expect: enum app.color missing
-- with: 1 owner
-- setup
create schema app;
create type app.color as enum ('red', 'green');
-- candidate
drop type app.color;
