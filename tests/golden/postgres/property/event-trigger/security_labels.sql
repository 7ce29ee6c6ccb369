-- expect: event-trigger watch security_labels: nothing -> guard: secret
-- setup
create schema app;
create function app.watch() returns event_trigger language plpgsql as 'begin end';
create event trigger watch on ddl_command_end execute function app.watch();
-- candidate
insert into pg_catalog.pg_seclabel (objoid, classoid, objsubid, provider, label)
values ((select oid from pg_catalog.pg_event_trigger where evtname = 'watch'), 'pg_catalog.pg_event_trigger'::regclass, 0, 'guard', 'secret');
