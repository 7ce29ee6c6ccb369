-- expect: rule app.t.quiet enabled: origin -> disabled
-- setup
create schema app;
create table app.t (id integer);
create rule quiet as on delete to app.t do instead nothing;
-- candidate
alter table app.t disable rule quiet;
