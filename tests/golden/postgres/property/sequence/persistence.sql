-- since: 15
-- expect: sequence app.s persistence: permanent -> unlogged
-- setup
create schema app;
create sequence app.s;
-- candidate
alter sequence app.s set unlogged;
