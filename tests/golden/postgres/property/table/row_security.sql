-- expect: table app.t row_security: no -> yes
-- setup
create schema app;
create table app.t (id integer);
-- candidate
alter table app.t enable row level security;
