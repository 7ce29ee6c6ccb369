-- expect: column-statistics app.t.a top_frequency
-- setup
create schema app;
create table app.t (a integer);
-- reference
insert into app.t select i / 2 from generate_series(1, 100) i;
analyze app.t;
-- candidate
insert into app.t select greatest(i / 2, 30) from generate_series(1, 100) i;
analyze app.t;
