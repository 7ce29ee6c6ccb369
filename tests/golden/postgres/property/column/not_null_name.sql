-- expect: column app.t.id not_null_name: nothing -> id_is_there
-- setup
create schema app;
-- reference
create table app.t (id integer not null);
-- candidate
create table app.t (id integer constraint id_is_there not null);
