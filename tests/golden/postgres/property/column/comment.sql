-- expect: column app.t.id comment: nothing -> from the old system
-- setup
create schema app;
create table app.t (id integer, name text);
-- candidate
comment on column app.t.id is 'from the old system';
