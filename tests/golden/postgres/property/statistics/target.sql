-- expect: statistics app.together target: nothing -> 500
-- setup
create schema app;
create table app.t (a integer, b integer, c integer);
create table app.u (a integer, b integer, c integer);
create statistics app.together on a, b from app.t;
-- candidate
alter statistics app.together set statistics 500;
