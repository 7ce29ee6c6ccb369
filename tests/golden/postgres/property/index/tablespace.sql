-- expect: index app.t_id tablespace: nothing -> elsewhere
-- setup
create schema app;
create table app.t (id integer);
create index t_id on app.t (id);
-- candidate
alter index app.t_id set tablespace elsewhere;
