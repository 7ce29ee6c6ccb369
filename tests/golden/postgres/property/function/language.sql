-- expect: function app.f() language: sql -> plpgsql
-- setup
create schema app;
set check_function_bodies = off;
-- reference
create function app.f() returns void language sql as 'begin end';
-- candidate
create function app.f() returns void language plpgsql as 'begin end';
