-- expect: operator-class app.ops.btree type: integer -> bigint
-- setup
create schema app;
create operator family app.ops using btree;
-- reference
create operator class app.ops for type integer using btree family app.ops as storage integer;
-- candidate
create operator class app.ops for type bigint using btree family app.ops as storage bigint;
