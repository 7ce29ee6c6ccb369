-- expect: range-type app.span canonical
-- setup
create schema app;
create type app.span;
create function app.same(app.span) returns app.span language internal immutable strict as 'int4range_canonical';
-- reference
create type app.span as range (subtype = integer);
-- candidate
create type app.span as range (subtype = integer, canonical = app.same);
