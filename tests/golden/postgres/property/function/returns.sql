-- expect: function app.f() returns: integer -> bigint
-- setup
create schema app;
-- reference
create function app.f() returns integer language sql as 'select null';
-- candidate
create function app.f() returns bigint language sql as 'select null';
