-- expect: table app.t column_order: a, b -> b, a
-- setup
create schema app;
-- reference
create table app.t (a integer, b integer);
-- candidate
create table app.t (b integer, a integer);
