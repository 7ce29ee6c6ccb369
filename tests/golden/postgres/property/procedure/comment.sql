-- expect: procedure app.p(integer) comment
-- setup
create schema app;
create procedure app.p(a integer) language sql as 'select a';
-- candidate
comment on procedure app.p(integer) is 'nothing';
