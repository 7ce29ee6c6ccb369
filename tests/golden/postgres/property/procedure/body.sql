-- expect: procedure app.p() body: select 1 -> select 2
-- setup
create schema app;
create procedure app.p() language sql as 'select 1';
-- candidate
create or replace procedure app.p() language sql as 'select 2';
