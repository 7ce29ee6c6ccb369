-- CREATE INDEX CONCURRENTLY that ended in its first phase: a value cannot be indexed.
-- expect: index app.t_id ready: yes -> no
-- implies: index app.t_id valid: yes -> no
-- setup
create schema app;
create table app.t (id integer);
-- reference
create index t_id on app.t ((1 / id));
-- candidate, separately
insert into app.t values (0);
create index concurrently t_id on app.t ((1 / id)); -- fails
delete from app.t;
