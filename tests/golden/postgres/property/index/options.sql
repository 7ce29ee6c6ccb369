-- expect: index app.t_id options: nothing -> fillfactor=70
-- setup
create schema app;
create table app.t (id integer);
create index t_id on app.t (id);
-- candidate
alter index app.t_id set (fillfactor = 70);
