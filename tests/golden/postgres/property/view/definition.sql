-- expect: view app.v definition
-- setup
create schema app;
create table app.t (a integer);
create view app.v as select a from app.t;
-- candidate
create or replace view app.v as select a from app.t where a > 0;
