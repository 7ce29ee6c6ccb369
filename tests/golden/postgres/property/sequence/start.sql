-- expect: sequence app.s start: 1 -> 100
-- setup
create schema app;
create sequence app.s;
-- candidate
alter sequence app.s start 100;
