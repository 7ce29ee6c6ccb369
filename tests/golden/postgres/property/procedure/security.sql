-- expect: procedure app.p() security: invoker -> definer
-- setup
create schema app;
create procedure app.p() language sql as 'select 1';
-- candidate
alter procedure app.p() security definer;
