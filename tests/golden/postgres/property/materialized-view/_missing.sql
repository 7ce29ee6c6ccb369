-- expect: materialized-view app.m missing
-- setup
create schema app;
create materialized view app.m as select 1 as a;
create index m_a on app.m (a);
-- candidate
drop materialized view app.m;
