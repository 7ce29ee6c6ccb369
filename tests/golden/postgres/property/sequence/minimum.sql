-- expect: sequence app.s minimum: 1 -> -5
-- setup
create schema app;
create sequence app.s;
-- candidate
alter sequence app.s minvalue -5;
