-- expect: statistics app.together missing
-- with: 1 owner
-- setup
create schema app;
create table app.t (a integer, b integer, c integer);
create statistics app.together on a, b from app.t;
-- candidate
drop statistics app.together;
