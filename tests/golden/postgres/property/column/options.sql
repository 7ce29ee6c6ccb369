-- expect: column app.t.id options: nothing -> n_distinct=-0.5
-- setup
create schema app;
create table app.t (id integer);
-- candidate
alter table app.t alter id set (n_distinct = -0.5);
