-- expect: operator-family app.ops.btree missing
-- with: 1 owner
-- setup
create schema app;
create operator family app.ops using btree;
-- candidate
drop operator family app.ops using btree;
