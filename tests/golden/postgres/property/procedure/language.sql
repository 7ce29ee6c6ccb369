-- expect: procedure app.p() language: sql -> plpgsql
-- setup
create schema app;
set check_function_bodies = off;
-- reference
create procedure app.p() language sql as 'begin end';
-- candidate
create procedure app.p() language plpgsql as 'begin end';
