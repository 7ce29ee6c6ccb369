-- expect: trigger app.t.audit function
-- setup
create schema app;
create table app.t (id integer, name text);
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
create function app.trg2() returns trigger language plpgsql as 'begin return null; end';
-- reference
create trigger audit after insert on app.t for each row execute function app.trg();
-- candidate
create trigger audit after insert on app.t for each row execute function app.trg2();
