-- expect: column-statistics app.t.a correlation: 1 -> -1
-- setup
create schema app;
create table app.t (a integer);
-- reference
insert into app.t select i from generate_series(1, 100) i;
analyze app.t;
-- candidate
insert into app.t select -i from generate_series(1, 100) i;
analyze app.t;
