-- expect: index app.t_name keys
-- setup
create schema app;
create table app.t (name text);
-- reference
create index t_name on app.t (lower(name));
-- candidate
create index t_name on app.t (lower(name) collate "C");
