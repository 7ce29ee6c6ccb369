-- expect: trigger app.t.audit initially_deferred: no -> yes
-- setup
create schema app;
create table app.t (id integer, name text);
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
-- reference
create constraint trigger audit after insert on app.t deferrable for each row execute function app.trg();
-- candidate
create constraint trigger audit after insert on app.t deferrable initially deferred for each row execute function app.trg();
