-- expect: sequence app.s maximum: nothing -> 1000
-- setup
create schema app;
create sequence app.s;
-- candidate
alter sequence app.s maxvalue 1000;
