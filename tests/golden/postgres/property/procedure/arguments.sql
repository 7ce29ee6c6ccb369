-- expect: procedure app.p(integer) arguments
-- setup
create schema app;
create procedure app.p(a integer) language sql as 'select 1';
-- candidate
create or replace procedure app.p(a integer default 1) language sql as 'select 1';
