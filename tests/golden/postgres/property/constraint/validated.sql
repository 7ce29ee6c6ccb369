-- expect: constraint app.t.t_check validated: yes -> no
-- setup
create schema app;
create table app.t (id integer);
-- reference
alter table app.t add constraint t_check check (id > 0);
-- candidate
alter table app.t add constraint t_check check (id > 0) not valid;
