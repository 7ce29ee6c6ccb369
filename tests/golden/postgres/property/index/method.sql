-- expect: index app.t_id method: btree -> hash
-- setup
create schema app;
create table app.t (id integer);
-- reference
create index t_id on app.t (id);
-- candidate
create index t_id on app.t using hash (id);
