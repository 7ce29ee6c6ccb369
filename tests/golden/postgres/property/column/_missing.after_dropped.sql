-- A column that was dropped leaves no trace in the order of the others.
-- expect: column app.t.c extra
-- setup
create schema app;
-- reference
create table app.t (a integer, b integer);
-- candidate
create table app.t (a integer, gone integer, b integer, c integer);
alter table app.t drop column gone;
