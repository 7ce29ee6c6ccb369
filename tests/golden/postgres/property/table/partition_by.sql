-- expect: table app.t partition_by: RANGE (day) -> LIST (day)
-- setup
create schema app;
-- reference
create table app.t (day date) partition by range (day);
-- candidate
create table app.t (day date) partition by list (day);
