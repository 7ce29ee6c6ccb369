-- A constraint that is not enforced cannot be valid.
-- expect: constraint app.t.t_check enforced: yes -> no
-- implies: constraint app.t.t_check validated: yes -> no
-- setup
create schema app;
-- reference
create table app.t (id integer, constraint t_check check (id > 0));
-- candidate
create table app.t (id integer, constraint t_check check (id > 0) not enforced);
