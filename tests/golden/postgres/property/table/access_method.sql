-- expect: table app.t access_method: heap -> heap2
-- setup
create schema app;
create access method heap2 type table handler heap_tableam_handler;
-- reference
create table app.t (id integer);
-- candidate
create table app.t (id integer) using heap2;
