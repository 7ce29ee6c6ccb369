-- expect: table app.t replica_identity: default -> index t_id
-- setup
create schema app;
create table app.t (id integer not null);
create unique index t_id on app.t (id);
-- candidate
alter table app.t replica identity using index t_id;
