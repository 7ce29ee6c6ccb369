-- expect: operator-class app.ops.gist storage
-- setup
create schema app;
create operator family app.ops using gist;
-- reference
create operator class app.ops for type integer using gist family app.ops as storage integer;
-- candidate
create operator class app.ops for type integer using gist family app.ops as storage bigint;
