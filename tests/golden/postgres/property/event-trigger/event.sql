-- expect: event-trigger watch event: ddl_command_start -> ddl_command_end
-- setup
create schema app;
create function app.watch() returns event_trigger language plpgsql as 'begin end';
-- reference
create event trigger watch on ddl_command_start execute function app.watch();
-- candidate
create event trigger watch on ddl_command_end execute function app.watch();
