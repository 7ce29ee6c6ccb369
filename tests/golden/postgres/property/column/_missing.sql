-- expect: column app.t.name missing
-- setup
create schema app;
create table app.t (id integer, name text);
-- candidate
alter table app.t drop column name;
