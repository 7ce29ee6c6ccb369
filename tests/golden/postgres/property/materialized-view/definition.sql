-- expect: materialized-view app.m definition
-- setup
create schema app;
-- reference
create materialized view app.m as select 1 as a;
-- candidate
create materialized view app.m as select 2 as a;
