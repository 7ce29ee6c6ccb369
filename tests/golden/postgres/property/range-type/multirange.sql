-- expect: range-type app.span multirange: nothing -> app.spans
-- setup
create schema app;
-- reference
create type app.span as range (subtype = integer);
-- candidate
create type app.span as range (subtype = integer, multirange_type_name = app.spans);
