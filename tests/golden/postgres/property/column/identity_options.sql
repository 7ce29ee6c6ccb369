-- expect: column app.t.id identity_options
-- setup
create schema app;
create table app.t (id integer generated always as identity);
-- candidate
alter table app.t alter id set increment by 10;
