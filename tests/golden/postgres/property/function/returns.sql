-- expect: function app.f() returns: integer -> bigint
-- setup
create schema app;
-- reference
create function app.f() returns integer language plpgsql as 'begin return null; end';
-- candidate
create function app.f() returns bigint language plpgsql as 'begin return null; end';
