-- expect: enum app.color labels: red, green -> red, blue, green
-- setup
create schema app;
create type app.color as enum ('red', 'green');
-- candidate
alter type app.color add value 'blue' before 'green';
