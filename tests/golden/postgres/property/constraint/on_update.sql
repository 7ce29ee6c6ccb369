-- expect: constraint app.t.t_fk on_update: no action -> cascade
-- setup
create schema app;
create table app.target (id integer primary key);
-- reference
create table app.t (id integer, constraint t_fk foreign key (id) references app.target);
-- candidate
create table app.t (id integer, constraint t_fk foreign key (id) references app.target on update cascade);
