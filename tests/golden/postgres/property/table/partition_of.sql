-- expect: table app.t_2026 partition_of: app.t -> nothing
-- implies: table app.t_2026 partition_bound
-- implies: column app.t_2026.day local: no -> yes
-- setup
create schema app;
create table app.t (day date) partition by range (day);
create table app.t_2026 (day date);
-- reference
alter table app.t attach partition app.t_2026 for values from ('2026-01-01') to ('2027-01-01');
