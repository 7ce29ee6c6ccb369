-- expect: operator app.===(integer, integer) negator
-- implies: operator app.!==(integer, integer) negator
-- setup
create schema app;
create operator app.!== (leftarg = integer, rightarg = integer, function = int4ne);
-- reference
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq);
-- candidate
create operator app.=== (leftarg = integer, rightarg = integer, function = int4eq, negator = operator(app.!==));
