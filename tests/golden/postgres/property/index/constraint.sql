-- A plain unique index on one side, a constraint of the same name on the other: what it is like is then told there.
-- expect: index app.t_key constraint: nothing -> t_key
-- implies: index app.t_key unique: yes -> no
-- implies: index app.t_key keys: id -> nothing
-- implies: constraint app.t.t_key extra
-- setup
create schema app;
create table app.t (id integer);
create unique index t_key on app.t (id);
-- candidate
alter table app.t add constraint t_key unique using index t_key;
