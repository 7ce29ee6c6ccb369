-- expect: column app.t.body storage: nothing -> external
-- setup
create schema app;
create table app.t (body text);
-- candidate
alter table app.t alter body set storage external;
