-- expect: language calc handler
-- setup
create schema app;
create function app.own() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler';
-- reference
create language calc handler plpgsql_call_handler;
-- candidate
create language calc handler app.own;
