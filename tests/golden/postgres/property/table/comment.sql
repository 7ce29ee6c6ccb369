-- expect: table app.t comment: nothing -> orders
-- setup
create schema app;
create table app.t (id integer);
-- candidate
comment on table app.t is 'orders';
