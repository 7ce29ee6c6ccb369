-- expect: materialized-view app.m missing
-- with: 1 column, 1 index, 1 table-statistics, 1 index-statistics, 1 owner
-- setup
create schema app;
create materialized view app.m as select 1 as a;
create index m_a on app.m (a);
-- candidate
drop materialized view app.m;
