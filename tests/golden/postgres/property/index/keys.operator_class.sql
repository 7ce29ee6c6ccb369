-- expect: index app.t_name keys: name -> name text_pattern_ops
-- setup
create schema app;
create table app.t (name text);
-- reference
create index t_name on app.t (name);
-- candidate
create index t_name on app.t (name text_pattern_ops);
