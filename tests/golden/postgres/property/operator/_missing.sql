-- expect: operator app.===(integer, integer) missing
-- with: 1 owner
-- setup
create schema app;
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq);
-- candidate
drop operator app.=== (integer, integer);
