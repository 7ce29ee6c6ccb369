-- expect: procedure app.p() library
-- setup
create schema app;
-- reference
create procedure app.p() language c as '$libdir/tcn', 'triggered_change_notification';
-- candidate
create procedure app.p() language c as 'tcn', 'triggered_change_notification';
