-- since: 15
-- expect: table-statistics app.t never_analyzed: yes -> no
-- implies: column-statistics app.t.id extra
-- setup, separately
create schema app;
create table app.t (id integer);
set track_counts = on;
insert into app.t values (1);
select pg_stat_force_next_flush();
-- candidate, separately
analyze app.t;
