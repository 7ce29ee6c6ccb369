-- expect: index app.t_id comment
-- setup
create schema app;
create table app.t (id integer);
create index t_id on app.t (id);
-- candidate
comment on index app.t_id is 'for the report';
