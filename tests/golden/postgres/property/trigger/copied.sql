-- expect: trigger app.part.audit copied: yes -> no
-- implies: trigger app.t.audit missing
-- setup
create schema app;
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
create table app.t (day date) partition by range (day);
create table app.part partition of app.t for values from ('2026-01-01') to ('2027-01-01');
-- reference
create trigger audit after insert on app.t for each row execute function app.trg();
alter table app.part disable trigger audit;
-- candidate
create trigger audit after insert on app.part for each row execute function app.trg();
alter table app.part disable trigger audit;
