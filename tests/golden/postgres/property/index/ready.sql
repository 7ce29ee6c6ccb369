-- CREATE INDEX CONCURRENTLY that met a duplicate.
-- expect: index app.t_id ready: yes -> no
-- implies: index app.t_id valid: yes -> no
-- setup
create schema app;
create table app.t (id integer);
-- reference
create unique index t_id on app.t (id);
-- candidate, separately
insert into app.t values (1), (1);
create unique index concurrently t_id on app.t (id); -- fails
truncate app.t;
