-- expect: aggregate app.total(integer) missing
-- with: 1 owner
-- setup
create schema app;
create aggregate app.total(integer) (sfunc = int4pl, stype = integer);
-- candidate
drop aggregate app.total(integer);
