-- expect: column app.child.id local: yes -> no
-- setup
create schema app;
create table app.parent (id integer);
-- reference
create table app.child (id integer) inherits (app.parent);
-- candidate
create table app.child () inherits (app.parent);
