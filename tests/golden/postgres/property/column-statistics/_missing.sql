-- since: 15
-- expect: column-statistics app.t.a missing
-- implies: table-statistics app.t never_analyzed: no -> yes
-- setup, separately
create schema app;
create table app.t (a integer);
set track_counts = on;
insert into app.t values (1);
select pg_stat_force_next_flush();
-- reference, separately
analyze app.t;
