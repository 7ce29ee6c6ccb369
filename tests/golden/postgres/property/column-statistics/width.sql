-- expect: column-statistics app.t.a width
-- setup
create schema app;
create table app.t (a text);
-- reference
insert into app.t select repeat('x', 10) || i from generate_series(1, 100) i;
analyze app.t;
-- candidate
insert into app.t select repeat('x', 400) || i from generate_series(1, 100) i;
analyze app.t;
