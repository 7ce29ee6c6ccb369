-- expect: range-type app.span difference
-- setup
create schema app;
-- reference
create type app.span as range (subtype = integer);
-- candidate
create type app.span as range (subtype = integer, subtype_diff = int4range_subdiff);
