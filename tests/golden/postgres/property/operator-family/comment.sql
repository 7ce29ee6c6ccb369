-- expect: operator-family app.ops.btree comment: nothing -> an old friend
-- setup
create schema app;
create operator family app.ops using btree;
-- candidate
comment on operator family app.ops using btree is 'an old friend';
