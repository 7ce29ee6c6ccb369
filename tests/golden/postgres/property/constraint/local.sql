-- expect: constraint app.child.t_check local: yes -> no
-- setup
create schema app;
create table app.parent (id integer, constraint t_check check (id > 0));
-- reference
create table app.child (constraint t_check check (id > 0)) inherits (app.parent);
-- candidate
create table app.child () inherits (app.parent);
