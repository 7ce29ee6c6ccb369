-- expect: column app.t.id not_null_no_inherit: no -> yes
-- setup
create schema app;
-- reference
create table app.t (id integer not null);
-- candidate
create table app.t (id integer not null no inherit);
