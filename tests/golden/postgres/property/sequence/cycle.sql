-- expect: sequence app.s cycle: no -> yes
-- setup
create schema app;
create sequence app.s;
-- candidate
alter sequence app.s cycle;
