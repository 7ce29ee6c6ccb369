-- expect: event-trigger watch function
-- setup
create schema app;
create function app.watch() returns event_trigger language plpgsql as 'begin end';
create function app.watch2() returns event_trigger language plpgsql as 'begin end';
-- reference
create event trigger watch on ddl_command_end execute function app.watch();
-- candidate
create event trigger watch on ddl_command_end execute function app.watch2();
