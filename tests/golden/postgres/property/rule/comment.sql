-- expect: rule app.t.quiet comment: nothing -> an old friend
-- setup
create schema app;
create table app.t (id integer);
create rule quiet as on delete to app.t do instead nothing;
-- candidate
comment on rule quiet on app.t is 'an old friend';
