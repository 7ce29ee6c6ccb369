-- expect: table app.t missing
-- with: 2 columns, 2 constraints, 2 indexes, 1 table-statistics, 2 indexes' statistics, 1 owner
-- setup
create schema app;
-- reference
create table app.t (id integer primary key, name text not null, check (id > 0));
create index t_name on app.t (name);
comment on table app.t is 'its parts share its fate';
