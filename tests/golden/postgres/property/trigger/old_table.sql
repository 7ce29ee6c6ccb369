-- expect: trigger app.t.audit old_table: nothing -> gone
-- setup
create schema app;
create table app.t (id integer, name text);
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
-- reference
create trigger audit after delete on app.t for each row execute function app.trg();
-- candidate
create trigger audit after delete on app.t referencing old table as gone for each row execute function app.trg();
