-- expect: function app.f() parallel: unsafe -> safe
-- setup
create schema app;
create function app.f() returns integer language sql as 'select 1';
-- candidate
alter function app.f() parallel safe;
