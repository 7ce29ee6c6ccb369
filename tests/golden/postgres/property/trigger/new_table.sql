-- expect: trigger app.t.audit new_table: added -> fresh
-- setup
create schema app;
create table app.t (id integer, name text);
create function app.trg() returns trigger language plpgsql as 'begin return null; end';
-- reference
create trigger audit after insert on app.t referencing new table as added for each row execute function app.trg();
-- candidate
create trigger audit after insert on app.t referencing new table as fresh for each row execute function app.trg();
