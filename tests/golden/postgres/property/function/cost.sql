-- expect: function app.f() cost: nothing -> 250
-- setup
create schema app;
create function app.f() returns integer language sql as 'select 1';
-- candidate
alter function app.f() cost 250;
