-- expect: publication-table app.t.feed columns: nothing -> id
-- setup
create schema app;
create table app.t (id integer primary key, name text);
create publication feed;
-- reference
alter publication feed add table app.t;
-- candidate
alter publication feed add table app.t (id);
