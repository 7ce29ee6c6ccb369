-- expect: table app.t_2026 partition_bound: FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') -> FOR VALUES FROM ('2026-01-01') TO ('2026-07-01')
-- setup
create schema app;
create table app.t (day date) partition by range (day);
-- reference
create table app.t_2026 partition of app.t for values from ('2026-01-01') to ('2027-01-01');
-- candidate
create table app.t_2026 partition of app.t for values from ('2026-01-01') to ('2026-07-01');
