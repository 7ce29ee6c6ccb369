-- expect: sequence app.s type: bigint -> integer
-- setup
create schema app;
create sequence app.s;
-- candidate
alter sequence app.s as integer;
