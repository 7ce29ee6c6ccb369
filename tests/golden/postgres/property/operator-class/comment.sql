-- expect: operator-class app.ops.btree comment: nothing -> an old friend
-- setup
create schema app;
create operator family app.ops using btree;
create operator class app.ops for type integer using btree family app.ops as
  operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 btint4cmp(integer, integer);
-- candidate
comment on operator class app.ops using btree is 'an old friend';
