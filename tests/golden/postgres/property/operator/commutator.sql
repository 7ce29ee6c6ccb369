-- expect: operator app.===(integer, integer) commutator
-- setup
create schema app;
-- reference
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq);
-- candidate
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq, commutator = operator(app.===));
