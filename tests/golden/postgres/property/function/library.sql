-- expect: function app.f() library
-- setup
create schema app;
-- reference
create function app.f() returns trigger language c as '$libdir/tcn', 'triggered_change_notification';
-- candidate
create function app.f() returns trigger language c as 'tcn', 'triggered_change_notification';
