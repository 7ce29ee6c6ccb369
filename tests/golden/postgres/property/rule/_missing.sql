-- expect: rule app.t.quiet missing
-- setup
create schema app;
create table app.t (id integer);
create rule quiet as on delete to app.t do instead nothing;
-- candidate
drop rule quiet on app.t;
