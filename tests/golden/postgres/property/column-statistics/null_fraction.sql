-- expect: column-statistics app.t.a null_fraction
-- setup
create schema app;
create table app.t (a integer);
-- reference
insert into app.t select i from generate_series(1, 100) i;
analyze app.t;
-- candidate
insert into app.t select nullif(i % 2, 0) * i from generate_series(1, 100) i;
analyze app.t;
