-- expect: range-type app.span missing
-- setup
create schema app;
create type app.span as range (subtype = integer);
-- candidate
drop type app.span;
