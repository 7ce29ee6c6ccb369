-- A primary key is not deferrable by default and forbids NULL, which the column says already here.
-- expect: constraint app.t.t_key type: primary key -> unique
-- setup
create schema app;
-- reference
create table app.t (id integer not null, constraint t_key primary key (id));
-- candidate
create table app.t (id integer not null, constraint t_key unique (id));
