-- expect: operator-class app.ops.btree functions
-- setup
create schema app;
create operator family app.ops using btree;
-- reference
create operator class app.ops for type integer using btree family app.ops as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(integer, integer);
-- candidate
create operator class app.ops for type integer using btree family app.ops as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(integer, integer), function 2 btint4sortsupport(internal);
