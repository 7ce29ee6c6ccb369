-- expect: aggregate app.total(integer) final_modify: read only -> read write
-- setup
create schema app;
create function app.add(state integer, value integer) returns integer language sql immutable as 'select $1 + $2';
create function app.take(state integer, value integer) returns integer language sql immutable as 'select $1 - $2';
create function app.done(state integer) returns integer language sql immutable as 'select $1';
create function app.done_with(state integer, value integer) returns integer language sql immutable as 'select $1';
-- reference
create aggregate app.total(integer) (sfunc = app.add, stype = integer, finalfunc = app.done);
-- candidate
create aggregate app.total(integer) (sfunc = app.add, stype = integer, finalfunc = app.done, finalfunc_modify = read_write);
