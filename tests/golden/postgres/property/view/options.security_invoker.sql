-- since: 15
-- expect: view app.v options: nothing -> security_invoker=on
-- setup
create schema app;
create table app.t (a integer);
create view app.v as select a from app.t;
-- candidate
alter view app.v set (security_invoker = true);
