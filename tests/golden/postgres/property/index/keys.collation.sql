-- expect: index app.t_name keys: name -> name COLLATE "C"
-- setup
create schema app;
create table app.t (name text);
-- reference
create index t_name on app.t (name);
-- candidate
create index t_name on app.t (name collate "C");
