-- expect: function app.f() configuration: nothing -> search_path=app, work_mem=8MB
-- setup
create schema app;
create function app.f() returns integer language sql as 'select 1';
-- candidate
alter function app.f() set work_mem = '8MB';
alter function app.f() set search_path = app;
