-- expect: column app.t.body compression: nothing -> pglz
-- setup
create schema app;
create table app.t (body text);
-- candidate
alter table app.t alter body set compression pglz;
