-- expect: view app.v options: nothing -> check_option=local, security_barrier=on
-- setup
create schema app;
create table app.t (a integer);
create view app.v as select a from app.t;
-- candidate
alter view app.v set (security_barrier = true, check_option = local);
