-- expect: table app.t tablespace: nothing -> elsewhere
-- setup
create schema app;
create table app.t (id integer);
-- candidate
alter table app.t set tablespace elsewhere;
