-- expect: rule app.t.quiet instead: yes -> no
-- setup
create schema app;
create table app.t (id integer);
-- reference
create rule quiet as on delete to app.t do instead nothing;
-- candidate
create rule quiet as on delete to app.t do also nothing;
