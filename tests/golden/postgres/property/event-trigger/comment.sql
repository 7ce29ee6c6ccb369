-- expect: event-trigger watch comment: nothing -> an old friend
-- setup
create schema app;
create function app.watch() returns event_trigger language plpgsql as 'begin end';
create event trigger watch on ddl_command_end execute function app.watch();
-- candidate
comment on event trigger watch is 'an old friend';
