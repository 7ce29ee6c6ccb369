-- expect: operator app.===(integer, integer) returns: boolean -> integer
-- implies: operator app.===(integer, integer) function
-- setup
create schema app;
-- reference
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq);
-- candidate
create operator app.=== (leftarg = integer, rightarg = integer, function = int4pl);
