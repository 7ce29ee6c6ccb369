-- expect: trigger app.t.audit constraint_from: nothing -> app.other
-- setup
create schema app;
create table app.t (id integer, name text);
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
create table app.other (id integer);
-- reference
create constraint trigger audit after insert on app.t for each row execute function app.trg();
-- candidate
create constraint trigger audit after insert on app.t from app.other for each row execute function app.trg();
