-- expect: range-type app.span missing
-- with: 1 owner
-- setup
create schema app;
create type app.span as range (subtype = integer);
-- candidate
drop type app.span;
