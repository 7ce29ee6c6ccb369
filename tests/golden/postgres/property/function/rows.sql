-- expect: function app.f() rows: nothing -> 5
-- setup
create schema app;
create function app.f() returns setof integer language sql as 'select 1';
-- candidate
alter function app.f() rows 5;
