-- An index of the parent alone, while a partition has none.
-- expect: index app.t_day valid: yes -> no
-- setup
create schema app;
create table app.t (day date) partition by range (day);
-- reference
create index t_day on app.t (day);
create table app.part partition of app.t for values from ('2026-01-01') to ('2027-01-01');
drop table app.part;
-- candidate
create table app.part partition of app.t for values from ('2026-01-01') to ('2027-01-01');
create index t_day on only app.t (day);
drop table app.part;
