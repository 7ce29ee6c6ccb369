-- expect: sequence app.s missing
-- setup
create schema app;
create sequence app.s;
-- candidate
drop sequence app.s;
