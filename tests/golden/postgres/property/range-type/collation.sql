-- expect: range-type app.span collation
-- setup
create schema app;
-- reference
create type app.span as range (subtype = text);
-- candidate
create type app.span as range (subtype = text, collation = "C");
