-- expect: constraint app.t.t_fk validated: yes -> no
-- setup
create schema app;
create table app.target (id integer primary key);
create table app.t (id integer);
-- reference
alter table app.t add constraint t_fk foreign key (id) references app.target;
-- candidate
alter table app.t add constraint t_fk foreign key (id) references app.target not valid;
