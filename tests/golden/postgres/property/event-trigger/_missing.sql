-- expect: event-trigger watch missing
-- with: 1 owner
-- setup
create schema app;
create function app.watch() returns event_trigger language plpgsql as 'begin end';
create event trigger watch on ddl_command_end execute function app.watch();
-- candidate
drop event trigger watch;
