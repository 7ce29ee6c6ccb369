-- expect: operator-class app.ops.btree missing
-- with: 1 owner
-- setup
create schema app;
create operator family app.ops using btree;
create operator class app.ops for type integer using btree family app.ops as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(integer, integer);
-- candidate
drop operator class app.ops using btree;
