-- expect: operator-family app.ops.btree operators
-- setup
create schema app;
create operator family app.ops using btree;
-- candidate
alter operator family app.ops using btree add operator 1 < (integer, bigint);
