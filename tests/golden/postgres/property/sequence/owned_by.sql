-- expect: sequence app.s owned_by: nothing -> app.t.id
-- setup
create schema app;
create table app.t (id bigint);
create sequence app.s;
-- candidate
alter sequence app.s owned by app.t.id;
