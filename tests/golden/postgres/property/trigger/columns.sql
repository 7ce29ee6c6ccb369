-- expect: trigger app.t.audit columns: nothing -> name
-- setup
create schema app;
create table app.t (id integer, name text);
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
-- reference
create trigger audit after update on app.t for each row execute function app.trg();
-- candidate
create trigger audit after update of name on app.t for each row execute function app.trg();
