-- expect: constraint app.t.t_positive comment
-- setup
create schema app;
create table app.t (id integer constraint t_positive check (id > 0));
-- candidate
comment on constraint t_positive on app.t is 'since 2019';
