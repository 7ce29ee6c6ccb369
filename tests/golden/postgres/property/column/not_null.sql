-- expect: column app.t.id not_null: no -> yes
-- setup
create schema app;
create table app.t (id integer);
-- candidate
alter table app.t alter id set not null;
