-- expect: column-statistics app.t.a distinct
-- setup
create schema app;
create table app.t (a integer);
-- reference
insert into app.t select i / 200 from generate_series(1, 20000) i;
analyze app.t;
-- candidate
insert into app.t select i from generate_series(1, 20000) i;
analyze app.t;
