-- expect: statistics app.together missing
-- setup
create schema app;
create table app.t (a integer, b integer, c integer);
create statistics app.together on a, b from app.t;
-- candidate
drop statistics app.together;
