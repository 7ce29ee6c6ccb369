-- expect: procedure app.p() configuration: nothing -> work_mem=8MB
-- setup
create schema app;
create procedure app.p() language sql as 'select 1';
-- candidate
alter procedure app.p() set work_mem = '8MB';
