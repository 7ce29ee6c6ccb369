-- expect: sequence app.s cache: 1 -> 20
-- setup
create schema app;
create sequence app.s;
-- candidate
alter sequence app.s cache 20;
