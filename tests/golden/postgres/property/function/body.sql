-- expect: function app.f() body: select 1 -> select 2
-- setup
create schema app;
create function app.f() returns integer language sql as 'select 1';
-- candidate
create or replace function app.f() returns integer language sql as 'select 2';
