-- The index of the parent is valid only when every partition's is attached.
-- expect: index app.part_day attached_to: app.t_day -> nothing
-- implies: index app.t_day valid: yes -> no
-- setup
create schema app;
create table app.t (day date) partition by range (day);
create table app.part partition of app.t for values from ('2026-01-01') to ('2027-01-01');
create index t_day on only app.t (day);
create index part_day on app.part (day);
-- reference
alter index app.t_day attach partition app.part_day;
