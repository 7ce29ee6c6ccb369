-- expect: column app.t.name collation: nothing -> "C"
-- setup
create schema app;
create table app.t (name text);
-- candidate
alter table app.t alter name type text collate "C";
