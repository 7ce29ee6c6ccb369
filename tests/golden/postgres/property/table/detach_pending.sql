-- DETACH CONCURRENTLY waits for readers between its two transactions; given up there, it is half done.
-- expect: table app.part detach_pending: no -> yes
-- implies: constraint app.part.part_day_check extra
-- setup
create schema app;
create table app.t (day date) partition by range (day);
create table app.part partition of app.t for values from ('2026-01-01') to ('2027-01-01');
-- meanwhile
begin;
select * from app.t;
-- candidate, separately
set statement_timeout = '200ms';
alter table app.t detach partition app.part concurrently; -- fails
