-- CREATE INDEX CONCURRENTLY that was given up in its last phase, when it waited for an old snapshot.
-- expect: index app.t_id valid: yes -> no
-- setup
create schema app;
create table app.t (id integer);
-- reference
create index t_id on app.t (id);
-- meanwhile
begin isolation level repeatable read;
select 1;
-- candidate, separately
set statement_timeout = '200ms';
create index concurrently t_id on app.t (id); -- fails
