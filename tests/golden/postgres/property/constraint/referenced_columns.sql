-- expect: constraint app.t.t_fk referenced_columns: a -> b
-- setup
create schema app;
create table app.target (a integer unique, b integer unique);
-- reference
create table app.t (id integer, constraint t_fk foreign key (id) references app.target (a));
-- candidate
create table app.t (id integer, constraint t_fk foreign key (id) references app.target (b));
