-- expect: trigger app.t.audit enabled: origin -> replica
-- setup
create schema app;
create table app.t (id integer, name text);
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
create trigger audit after insert on app.t for each row execute function app.trg();
-- candidate
alter table app.t enable replica trigger audit;
