-- expect: procedure app.p(integer) missing
-- with: 1 owner
-- setup
create schema app;
create procedure app.p(a integer) language sql as 'select a';
-- candidate
drop procedure app.p(integer);
