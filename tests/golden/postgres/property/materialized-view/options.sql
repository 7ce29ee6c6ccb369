-- expect: materialized-view app.m options: nothing -> fillfactor=70
-- setup
create schema app;
create materialized view app.m as select 1 as a;
-- candidate
alter materialized view app.m set (fillfactor = 70);
