-- expect: materialized-view app.m cluster_on: nothing -> m_a
-- setup
create schema app;
create materialized view app.m as select 1 as a;
create index m_a on app.m (a);
-- candidate
alter materialized view app.m cluster on m_a;
