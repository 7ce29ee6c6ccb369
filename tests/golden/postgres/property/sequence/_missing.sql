-- expect: sequence app.s missing
-- with: 1 owner
-- setup
create schema app;
create sequence app.s;
-- candidate
drop sequence app.s;
