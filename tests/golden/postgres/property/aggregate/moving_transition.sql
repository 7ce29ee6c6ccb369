-- expect: aggregate app.total(integer) moving_transition
-- setup
create schema app;
create function app.add(state integer, value integer) returns integer language sql immutable as 'select $1 + $2';
create function app.take(state integer, value integer) returns integer language sql immutable as 'select $1 - $2';
create function app.add2(state integer, value integer) returns integer language sql immutable as 'select $1 + $2';
create function app.take2(state integer, value integer) returns integer language sql immutable as 'select $1 - $2';
-- reference
create aggregate app.total(integer) (sfunc = app.add, stype = integer, msfunc = app.add, minvfunc = app.take, mstype = integer);
-- candidate
create aggregate app.total(integer) (sfunc = app.add, stype = integer, msfunc = app.add2, minvfunc = app.take, mstype = integer);
