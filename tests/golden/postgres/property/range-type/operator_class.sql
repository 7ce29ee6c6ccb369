-- expect: range-type app.span operator_class
-- setup
create schema app;
-- reference
create type app.span as range (subtype = text);
-- candidate
create type app.span as range (subtype = text, subtype_opclass = text_pattern_ops);
