-- expect: table app.child inherits: app.first -> app.second
-- setup
create schema app;
create table app.first (id integer);
create table app.second (id integer);
-- reference
create table app.child () inherits (app.first);
-- candidate
create table app.child () inherits (app.second);
