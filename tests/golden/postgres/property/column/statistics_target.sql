-- expect: column app.t.id statistics_target: nothing -> 500
-- setup
create schema app;
create table app.t (id integer);
-- candidate
alter table app.t alter id set statistics 500;
