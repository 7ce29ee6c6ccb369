-- expect: statistics app.together kinds: dependencies, mcv, ndistinct -> mcv
-- setup
create schema app;
create table app.t (a integer, b integer, c integer);
create table app.u (a integer, b integer, c integer);
-- reference
create statistics app.together on a, b from app.t;
-- candidate
create statistics app.together (mcv) on a, b from app.t;
