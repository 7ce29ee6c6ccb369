-- expect: operator-family app.ops.btree functions
-- setup
create schema app;
create operator family app.ops using btree;
-- candidate
alter operator family app.ops using btree add function 1 (integer, bigint) btint48cmp(integer, bigint);
