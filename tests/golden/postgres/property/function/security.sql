-- expect: function app.f() security: invoker -> definer
-- setup
create schema app;
create function app.f() returns integer language sql as 'select 1';
-- candidate
alter function app.f() security definer;
