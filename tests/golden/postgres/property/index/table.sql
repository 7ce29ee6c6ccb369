-- expect: index app.by_id table: app, first -> app, second
-- setup
create schema app;
create table app.first (id integer);
create table app.second (id integer);
-- reference
create index by_id on app.first (id);
-- candidate
create index by_id on app.second (id);
