-- expect: trigger app.t.audit missing
-- setup
create schema app;
create table app.t (id integer);
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
create trigger audit after insert on app.t for each row execute function app.trg();
-- candidate
drop trigger audit on app.t;
