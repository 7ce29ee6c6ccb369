-- expect: function app.f() layout: select 1 -> select /* one */  1
-- setup
create schema app;
create function app.f() returns integer language sql as 'select 1';
-- candidate
create or replace function app.f() returns integer language sql as 'select /* one */  1';
