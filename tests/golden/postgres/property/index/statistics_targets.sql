-- expect: index app.t_id statistics_targets: nothing -> 2=300
-- setup
create schema app;
create table app.t (a integer, b integer);
create index t_id on app.t (a, (b + 1));
-- candidate
alter index app.t_id alter column 2 set statistics 300;
