-- expect: constraint app.t.t_fk references: app.first -> app.second
-- setup
create schema app;
create table app.first (id integer primary key);
create table app.second (id integer primary key);
-- reference
create table app.t (id integer, constraint t_fk foreign key (id) references app.first);
-- candidate
create table app.t (id integer, constraint t_fk foreign key (id) references app.second);
