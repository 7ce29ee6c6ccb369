-- expect: publication-table app.t.feed missing
-- setup
create schema app;
create table app.t (id integer primary key, name text);
create publication feed;
alter publication feed add table app.t;
-- candidate
alter publication feed drop table app.t;
