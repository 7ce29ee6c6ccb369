-- expect: aggregate app.total(integer, integer) type
-- implies: aggregate app.total(integer, integer) transition
-- implies: aggregate app.total(integer, integer) arguments
-- implies: aggregate app.total(integer, integer) final_modify
-- setup
create schema app;
create function app.add(state bigint, a integer, b integer) returns bigint language sql immutable as 'select 1::bigint';
create function app.add(state bigint, a integer) returns bigint language sql immutable as 'select 1::bigint';
-- reference
create aggregate app.total(integer order by integer) (sfunc = app.add, stype = bigint);
-- candidate
create aggregate app.total(integer, integer) (sfunc = app.add, stype = bigint);
