-- expect: statistics app.together expressions
-- setup
create schema app;
create table app.t (a integer, b integer, c integer);
create table app.u (a integer, b integer, c integer);
-- reference
create statistics app.together on a, (b + 1) from app.t;
-- candidate
create statistics app.together on a, (b + 2) from app.t;
