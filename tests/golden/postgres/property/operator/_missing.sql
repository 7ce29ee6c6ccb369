-- expect: operator app.===(integer, integer) missing
-- setup
create schema app;
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq);
-- candidate
drop operator app.=== (integer, integer);
