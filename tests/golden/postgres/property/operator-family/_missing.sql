-- expect: operator-family app.ops.btree missing
-- setup
create schema app;
create operator family app.ops using btree;
-- candidate
drop operator family app.ops using btree;
