-- expect: trigger app.t.audit arguments
-- setup
create schema app;
create table app.t (id integer, name text);
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
-- reference
create trigger audit after insert on app.t for each row execute function app.trg();
-- candidate
create trigger audit after insert on app.t for each row execute function app.trg('a', 'b');
