-- expect: enum app.color comment: nothing -> an old friend
-- setup
create schema app;
create type app.color as enum ('red', 'green');
-- candidate
comment on type app.color is 'an old friend';
