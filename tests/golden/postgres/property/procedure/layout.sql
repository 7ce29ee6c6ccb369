-- expect: procedure app.f() layout: select 1 -> select /* one */  1
-- setup
create schema app;
create procedure app.f() language sql as 'select 1';
-- candidate
create or replace procedure app.f() language sql as 'select /* one */  1';
