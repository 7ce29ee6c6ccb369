-- expect: function app.f(integer) missing
-- with: 1 owner
-- setup
create schema app;
create function app.f(a integer) returns integer language sql as 'select a';
-- candidate
drop function app.f(integer);
