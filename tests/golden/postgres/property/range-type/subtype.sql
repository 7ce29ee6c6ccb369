-- expect: range-type app.span subtype: integer -> bigint
-- setup
create schema app;
-- reference
create type app.span as range (subtype = integer);
-- candidate
create type app.span as range (subtype = bigint);
