-- expect: constraint app.t.t_fk on_delete_columns: nothing -> b
-- setup
create schema app;
create table app.target (a integer, b integer, primary key (a, b));
-- reference
create table app.t (a integer, b integer, constraint t_fk foreign key (a, b) references app.target on delete set null);
-- candidate
create table app.t (a integer, b integer, constraint t_fk foreign key (a, b) references app.target on delete set null (b));
