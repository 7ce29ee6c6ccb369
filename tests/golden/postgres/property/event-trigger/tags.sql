-- expect: event-trigger watch tags: CREATE TABLE -> ALTER TABLE, CREATE TABLE
-- setup
create schema app;
create function app.watch() returns event_trigger language plpgsql as 'begin end';
-- reference
create event trigger watch on ddl_command_start when tag in ('CREATE TABLE') execute function app.watch();
-- candidate
create event trigger watch on ddl_command_start when tag in ('CREATE TABLE', 'ALTER TABLE') execute function app.watch();
