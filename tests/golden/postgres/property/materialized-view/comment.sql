-- expect: materialized-view app.m comment
-- setup
create schema app;
create materialized view app.m as select 1 as a;
-- candidate
comment on materialized view app.m is 'for the report';
