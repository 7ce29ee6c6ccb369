-- expect: materialized-view app.m access_method: heap -> heap2
-- setup
create schema app;
create access method heap2 type table handler heap_tableam_handler;
-- reference
create materialized view app.m as select 1 as a;
-- candidate
create materialized view app.m using heap2 as select 1 as a;
