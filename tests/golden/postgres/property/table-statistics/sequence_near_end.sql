-- expect: table-statistics app.t sequence_near_end: no -> yes
-- setup, separately
create schema app;
create table app.t (id smallserial);
analyze app.t;
-- candidate, separately
select setval('app.t_id_seq', 30000);
