-- expect: procedure app.p(integer) transforms: nothing -> integer
-- setup
create schema app;
create function app.from_sql(internal) returns internal language internal immutable as 'textregexeq_support';
create transform for integer language plpgsql (from sql with function app.from_sql(internal));
-- reference
create procedure app.p(integer) language plpgsql as 'begin end';
-- candidate
create procedure app.p(integer) language plpgsql transform for type integer as 'begin end';
