-- expect: sequence app.s increment: 1 -> 10
-- setup
create schema app;
create sequence app.s;
-- candidate
alter sequence app.s increment 10;
