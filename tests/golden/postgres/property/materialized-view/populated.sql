-- expect: materialized-view app.m populated: yes -> no
-- setup
create schema app;
-- reference
create materialized view app.m as select 1 as a;
-- candidate
create materialized view app.m as select 1 as a with no data;
