-- since: 14
-- expect: function app.f() body
-- setup
create schema app;
create function app.f() returns integer language sql return 1;
-- candidate
create or replace function app.f() returns integer language sql return 2;
