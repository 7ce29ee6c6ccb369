-- expect: constraint app.t.t_fk triggers_enabled
-- setup
create schema app;
create table app.target (id integer primary key);
create table app.t (id integer, constraint t_fk foreign key (id) references app.target);
-- candidate
alter table app.t disable trigger all;
