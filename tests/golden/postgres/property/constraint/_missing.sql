-- expect: constraint app.t.t_positive missing
-- setup
create schema app;
create table app.t (id integer constraint t_positive check (id > 0));
-- candidate
alter table app.t drop constraint t_positive;
