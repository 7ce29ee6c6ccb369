-- expect: function app.f(integer) transforms: nothing -> integer
-- setup
create schema app;
create function app.from_sql(internal) returns internal language internal immutable as 'textregexeq_support';
create transform for integer language plpgsql (from sql with function app.from_sql(internal));
-- reference
create function app.f(integer) returns integer language plpgsql as 'begin return 1; end';
-- candidate
create function app.f(integer) returns integer language plpgsql transform for type integer as 'begin return 1; end';
