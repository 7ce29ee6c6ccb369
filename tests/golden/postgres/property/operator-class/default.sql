-- expect: operator-class app.ops.btree default: no -> yes
-- setup
create schema app;
create operator family app.ops using btree;
create type app.age as enum ();
create function app.cmp(app.age, app.age) returns integer language internal immutable strict as 'btint4cmp';
-- reference
create operator class app.ops for type app.age using btree family app.ops as function 1 app.cmp(app.age, app.age);
-- candidate
create operator class app.ops default for type app.age using btree family app.ops as function 1 app.cmp(app.age, app.age);
