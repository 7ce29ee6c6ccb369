-- expect: operator app.===(integer, integer) restrict
-- setup
create schema app;
-- reference
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq);
-- candidate
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq, restrict = eqsel);
