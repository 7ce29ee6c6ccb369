-- expect: function app.f(integer) strict: no -> yes
-- setup
create schema app;
create function app.f(a integer) returns integer language sql as 'select 1';
-- candidate
alter function app.f(integer) strict;
