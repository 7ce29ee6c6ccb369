-- expect: materialized-view app.m tablespace: nothing -> elsewhere
-- setup
create schema app;
create materialized view app.m as select 1 as a;
-- candidate
alter materialized view app.m set tablespace elsewhere;
