-- expect: column app.t.id default: 1 -> 2
-- setup
create schema app;
create table app.t (id integer default 1);
-- candidate
alter table app.t alter id set default 2;
