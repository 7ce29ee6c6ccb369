-- expect: table app.t replica_identity: nothing -> full
-- setup
create schema app;
create table app.t (id integer);
-- reference
alter table app.t replica identity nothing;
-- candidate
alter table app.t replica identity full;
