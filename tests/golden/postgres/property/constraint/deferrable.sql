-- expect: constraint app.t.t_fk deferrable: no -> yes
-- setup
create schema app;
create table app.target (id integer primary key);
create table app.t (id integer, constraint t_fk foreign key (id) references app.target);
-- candidate
alter table app.t alter constraint t_fk deferrable;
