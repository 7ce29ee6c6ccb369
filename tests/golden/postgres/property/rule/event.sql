-- expect: rule app.t.quiet event: delete -> update
-- setup
create schema app;
create table app.t (id integer);
-- reference
create rule quiet as on delete to app.t do instead nothing;
-- candidate
create rule quiet as on update to app.t do instead nothing;
